"""The stage: identify bases, plan bumps, record both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.lineage import BaseIdentity, Bases, Subject, chains, identify
from watcher.domain.reference import Repository
from watcher.domain.ticket import BumpTicket
from watcher.ports.store.bumps import Bumps
from watcher.ports.store.lineages import Lineages
from watcher.ports.store.passes import PassRecord
from watcher.services.bump.plan import Planner
from watcher.services.outcome import Outcome

_NONE: Final = Bases()
_BATCH: Final = 1_000  # images whose bases are looked for at once


@dataclass(frozen=True, slots=True)
class BumpStage:
    """The stage with what it needs."""

    lineages: Lineages
    bumps: Bumps
    planner: Planner

    def take(self, this: PassRecord, version: KnowledgeVersion) -> Outcome:
        """Look for the bases of new images (of all, where a base is new), and plan anew."""
        outcome = Outcome("bump")
        self.identify(this)
        plans = self.planner.draw(this, version)
        self.bumps.plan(this, plans)
        outcome.counts["bumps_planned"] = len(plans)
        for newest, streams in sorted(_waited_for(plans).items()):
            some = "1 stream waits" if streams == 1 else f"{streams} streams wait"
            outcome.noticed(
                newest,
                f"the newest base is not catalogued and matched: {some} for it, tickets name the "
                "one before",
            )
        return outcome

    def identify(self, this: PassRecord) -> None:
        """Look for the bases of new images, or of all where a base is new, and record them."""
        wanted = self.lineages.unidentified(again=self.lineages.bases_changed())
        found: dict[int, BaseIdentity | None] = {}
        for start in range(0, len(wanted), _BATCH):
            found |= self.identified(wanted[start : start + _BATCH])
        if wanted:
            self.lineages.identified(this, found)

    def identified(self, images: Sequence[int]) -> dict[int, BaseIdentity | None]:
        """The bases of images among all images that they may begin with, or that they name."""
        subjects = self.lineages.subjects(images, self._address)
        every = [one.subject for one in subjects]
        known = self.lineages.bases(
            {chain for one in every for chain in chains(one.diff_ids)},
            {digest for one in every for digest in _named(one)},
            self._address,
        )
        bases = {platform: Bases.of(found) for platform, found in known.items()}
        return {
            one.subject.image: identify(one.subject, bases.get(one.platform, _NONE))
            for one in subjects
        }

    def _address(self, repository: Repository) -> str:
        return self.planner.planning.address(repository)


def _named(subject: Subject) -> Iterable[str]:
    """The digests that an image or its builder names as bases."""
    claim, provenance = subject.told.claim, subject.provenance
    if claim is not None and claim.digest is not None:
        yield claim.digest
    yield from provenance.digests if provenance else ()


def _waited_for(plans: Iterable[BumpTicket]) -> Counter[str]:
    """The newest bases of which nothing is known, with how many streams wait for each."""
    return Counter(one.newest for plan in plans for one in plan.unknown if one.newest)
