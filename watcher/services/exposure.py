"""Exposure: fold the facts that changed into the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watcher.domain.exposure import Episode, presumed
from watcher.ports.store.ledger import Ledger, TrackFacts
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import Outcome


@dataclass(frozen=True, slots=True)
class ExposureStage:
    """The stage with what it needs: nothing but the record."""

    store: Ledger

    def take(self, this: PassRecord) -> Outcome:
        """Fold every track on which facts changed since the last fold, in bounded batches."""
        outcome = Outcome("exposure")
        for batch in self.store.pending(this):
            counts = self.store.revise(this, [(facts, folded(facts)) for facts in batch])
            outcome.counts["episodes_opened"] += counts.opened
            outcome.counts["episodes_closed"] += counts.closed
        self.store.folded(this)
        return outcome


def folded(facts: TrackFacts) -> Mapping[int, list[Episode]]:
    """The episodes of a track, by vulnerability; those asked for even where none is left."""
    history = presumed(facts.history)
    asked = facts.matches.keys() if facts.vulnerabilities is None else facts.vulnerabilities
    return {number: facts.folded(number, history) for number in asked}
