"""What feeds said and when it was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from watcher.ports.feeds import Content, FeedName
from watcher.ports.store.passes import PassRecord


class Told(NamedTuple):
    """What was known of a vulnerability from a time on, by a policy's factors; None: all along."""

    since: datetime | None
    factors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShownRatings:
    """What feeds say of a vulnerability: None where no feed says anything.

    `kev` is False where the catalogue is known and does not list it. EPSS is from 0 to 1.
    """

    kev: bool | None = None
    kev_listed_on: datetime | None = None
    epss: tuple[float, float] | None = None  # score and percentile
    epss_dated: datetime | None = None
    exploitation: str | None = None
    automatable: bool | None = None
    technical_impact: str | None = None


@dataclass(frozen=True, slots=True)
class FeedVersion:
    """A feed as it was last recorded; `dated` is its own time."""

    sha256: str
    dated: datetime | None


class Flaws(Protocol):
    """What feeds had said by a pass."""

    def told(self, vulnerability: str, epss: float | None) -> Sequence[Told]:
        """What was known when, oldest first and at least one entry.

        `epss` is the score from which on an exploit counts as likely.
        """

    def shown(self, vulnerabilities: Iterable[str]) -> Mapping[str, ShownRatings]:
        """What feeds say last of each of some vulnerabilities."""


@dataclass(frozen=True, slots=True)
class _NoFlaws:
    def told(self, vulnerability: str, epss: float | None) -> Sequence[Told]:
        del vulnerability, epss
        return (Told(None, {}),)

    def shown(self, vulnerabilities: Iterable[str]) -> Mapping[str, ShownRatings]:
        return dict.fromkeys(vulnerabilities, ShownRatings())


NO_FLAWS: Final[Flaws] = _NoFlaws()


class FeedRecords(Protocol):
    """The record of feeds."""

    def latest(self, name: FeedName) -> FeedVersion | None:
        """The version recorded last; None where there is none."""

    def record(self, this: PassRecord, name: FeedName, sha256: str, content: Content) -> None:
        """Record a new version and what it changes, in one transaction."""

    def flaws(self, upto: int) -> Flaws:
        """What feeds had said by pass `upto`."""
