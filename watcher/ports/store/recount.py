"""The ledger held against the facts it was folded from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from watcher.domain.interval import Bound
from watcher.ports.store.browsing import NamedTrack
from watcher.ports.store.ledger import Track, TrackFacts

What = Literal["missing", "unfounded", "different"]


@dataclass(frozen=True, slots=True)
class EpisodeClocks:
    """The clocks recorded with an episode, and the packages that match last, by number."""

    present: datetime
    known: datetime | None
    packages: frozenset[int]
    resumes: bool


@dataclass(frozen=True, slots=True)
class RecordedEpisode:
    """An episode as the ledger has it, without the passes that recorded it.

    `clocks` is None where a watcher recorded it that kept none.
    """

    start: Bound
    end: Bound | None
    cause: str | None
    clocks: EpisodeClocks | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A track with all its facts, and the episodes recorded for it, by vulnerability's number."""

    track: Track
    facts: TrackFacts
    recorded: Mapping[int, Sequence[RecordedEpisode]]


@dataclass(frozen=True, slots=True)
class Difference:
    """An episode on which ledger and facts differ.

    `missing`: the facts give it, and it is not recorded. `unfounded`: it is recorded, and no facts
    give it. `different`: both have it, and tell it differently.
    """

    track: NamedTrack
    vulnerability: str
    what: What
    recorded: RecordedEpisode | None
    recomputed: RecordedEpisode | None


class Recount(Protocol):
    """The ledger beside its facts, for reading."""

    def folded(self, at: datetime | None) -> int:
        """The last pass up to a time (None: ever) behind which the ledger held all facts, else 0.

        What was recorded since waits for the exposure stage, and is no difference.
        """

    def tracks(self, upto: int) -> list[NamedTrack]:
        """The tracks of published streams with bindings or windows, by name and platform."""

    def accounts(self, upto: int, tracks: Sequence[Track]) -> Iterator[Account]:
        """Facts and episodes as they stood recorded after pass `upto`, in bounded batches."""

    def vulnerabilities(self, numbers: Collection[int]) -> dict[int, str]:
        """What vulnerabilities are called."""
