"""Attestations: what is attached to images, read from their registries and recorded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from watcher.domain.errors import AttemptError
from watcher.ports.registry import Attached, Registry
from watcher.ports.store.attestations import Attestations, Attested, Place
from watcher.ports.store.passes import PassRecord
from watcher.services.attesting import attested
from watcher.services.outcome import Outcome

EVERY: Final = timedelta(days=1)  # how often it is looked for what is attached to an image
_MOST: Final = 2_000  # digests that are looked at in one pass


@dataclass(frozen=True, slots=True)
class AttestationStage:
    """Looks, once a day, for what is attached to images of the registries that are `asked`."""

    registries: Mapping[str, Registry]
    asked: Collection[str]
    store: Attestations
    executor: Executor
    every: timedelta = field(default=EVERY)

    def take(self, this: PassRecord) -> Outcome:
        """Look at what is due; what cannot be read ends nothing, and is looked at next time."""
        outcome = Outcome("inventory")
        due = self.store.due(self.asked, this.at - self.every, _MOST)
        looking: dict[Future[Sequence[Attached]], Place] = {
            self.executor.submit(
                self.registries[one.repository.registry].attestations,
                one.repository.path,
                one.digest,
                attached=True,
            ): one
            for one in due
        }
        found: dict[Place, Sequence[Attested]] = {}
        for look in as_completed(looking):
            place = looking[look]
            try:
                found[place] = list(attested(look.result()))
            except AttemptError as error:
                outcome.failed(f"{place.repository}@{place.digest}", error)
        if found:
            self.store.looked(this, found)
        return outcome
