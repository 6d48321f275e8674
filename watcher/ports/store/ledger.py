"""The ledger: facts to fold, and the episodes folded from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from watcher.domain.exposure import Episode, Excused, Held, fold
from watcher.domain.knowledge import Match
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True, order=True)
class Track:
    """A stream on one platform: what episodes are folded along."""

    stream: int
    platform: str


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """All that the fold needs of a track.

    `matches` maps a vulnerability's number to its matches by package id. `vulnerabilities` are the
    ones to fold; None: every one, for the track's bindings changed. `before` holds, for those that
    were told of under other numbers at the last fold, these numbers. `excused` holds what VEX
    statements cover, by vulnerability.
    """

    track: Track
    history: tuple[Held, ...]
    matches: Mapping[int, Mapping[int, Sequence[Match]]]
    vulnerabilities: frozenset[int] | None
    before: Mapping[int, frozenset[int]] = field(default_factory=dict)
    excused: Mapping[int, Excused] = field(default_factory=dict)

    def folded(self, number: int, history: Sequence[Held]) -> list[Episode]:
        """The episodes of one vulnerability along a history of the track."""
        return fold(history, self.matches.get(number, {}), self.excused.get(number, {}))


@dataclass(frozen=True, slots=True)
class LedgerCounts:
    """How many episodes a fold opened and closed."""

    opened: int = 0
    closed: int = 0


class Ledger(Protocol):
    """The record of exposure."""

    def pending(self, this: PassRecord) -> Iterator[list[TrackFacts]]:
        """Tracks on which facts changed since the last fold, in bounded batches."""

    def revise(
        self, this: PassRecord, folded: Sequence[tuple[TrackFacts, Mapping[int, list[Episode]]]]
    ) -> LedgerCounts:
        """Make the recorded episodes of the folded vulnerabilities the given ones."""

    def folded(self, this: PassRecord) -> None:
        """Record that every fact up to this pass was folded."""
