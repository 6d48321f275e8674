"""Reading the ledger: windows with their episodes, down to the packages and their clocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from watcher.domain.exposure import Episode
from watcher.domain.package import rank
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track


@dataclass(frozen=True, slots=True)
class WindowFilter:
    """Which windows are asked for; empty fields ask for all.

    Without `milestones` what lies outside the ledger is not read: tickets and bases. `until` cuts
    valid time: windows are what they were then, as far as is known now.
    """

    open_only: bool = False
    stream: str | None = None  # registry/repository:tag or registry/repository#line[@platform]
    vulnerability: str | None = None  # by any of its ids
    severity: str | None = None
    milestones: bool = True
    numbers: frozenset[int] | None = None  # windows by their own numbers
    streams: frozenset[int] | None = None  # those of some streams
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AffectedPackage:
    """A package of an episode, as the image has it, and what is known of a fix."""

    purl: str
    fixed_version: str
    status: str
    severity: str
    severity_source: str | None
    fix_known_at: datetime | None
    rated: tuple[tuple[datetime, str], ...] = ()  # each severity it had, and when recorded

    @property
    def first_severity(self) -> str:
        """How severe it was when it was first rated."""
        return self.rated[0][1] if self.rated else self.severity

    @property
    def rerated(self) -> tuple[tuple[datetime, str], ...]:
        """Every later severity with the time at which it was recorded."""
        return self.rated[1:]


@dataclass(frozen=True, slots=True)
class ReadEpisode:
    """An episode with the clocks that stand beside it."""

    episode: Episode
    detected: datetime
    packages: tuple[AffectedPackage, ...]
    lacked_at: datetime | None  # effective time of the last database without it
    known_at: datetime  # effective time of the first database with it
    ended_by: str | None  # an image's or a database's digest
    ticketed: datetime | None = None  # since when a ticket asked to end it
    base_fix_available: datetime | None = None  # since when its base's lineage was without it
    in_base: bool = False  # whether the base that the stream is built on brought it

    @property
    def fix_available(self) -> datetime | None:
        """Since when a fixed version of all affected packages is known; None while one has none."""
        last: datetime | None = None
        for package in self.packages:
            known = package.fix_known_at
            if known is None:
                return None
            last = known if last is None else max(last, known)
        return last


Doubt = Literal["another_version", "older_than_match", "does_not_suffice"]


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """A VEX statement in force about a window, and what is doubtful about it.

    It may be about `another_version` of the package, `older_than_match`: made before knowledge last
    changed what it says, or not suffice: somebody else says otherwise, or it covers a part.
    """

    author: str
    status: str
    justification: str
    stated_at: datetime | None
    seen_at: datetime
    document: str
    sha256: str
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class ReadWindow:
    """A window: the episodes of one vulnerability in one stream on one platform, oldest first."""

    number: int
    track: Track
    repository: Repository
    by: str
    stream: str
    vulnerability: str
    published: datetime | None
    episodes: tuple[ReadEpisode, ...]
    aliases: tuple[str, ...] = ()  # other ids of the same vulnerability
    statements: tuple[ShownStatement, ...] = ()  # about what matched last

    @property
    def rating(self) -> tuple[str, str | None]:
        """The worst severity among the packages of the last episode, and who says so."""
        rated = [(one.severity, one.severity_source) for one in self.episodes[-1].packages]
        return min(rated, key=lambda pair: (rank(pair[0]), pair[1] or ""))

    @property
    def severity(self) -> str:
        """The worst severity among the packages of the last episode."""
        return self.rating[0]


class Exposures(Protocol):
    """The ledger, for reading."""

    def windows(self, wanted: WindowFilter, upto: int) -> Iterator[ReadWindow]:
        """Windows as they stood recorded after pass `upto`, in the order of their streams."""

    def numbers(self, wanted: WindowFilter, upto: int, after: int, at_most: int) -> list[int]:
        """The numbers behind `after` of some windows that a filter may leave, in their order."""
