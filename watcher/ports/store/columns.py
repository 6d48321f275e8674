"""The ledger in columns: what a report over all of it reads, without an object for each episode."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from watcher.domain.reference import Repository

NEVER = 1 << 62  # ticks behind every time


def _column() -> array[int]:
    return array("q")


@dataclass(slots=True)
class EpisodeColumns:
    """Episodes, one in each row; times in ticks, which are microseconds since 1970.

    Streams, vulnerabilities and sets of affected packages are by their numbers, platforms by their
    places in `platforms`. `end` is NEVER while an episode lasts, `cause` then 0, else its place
    among causes, from 1. `resumes` is 1 where clocks go on from the episode before. `clocked` is 0
    where clocks were never recorded: such a window has to be folded.
    """

    window: array[int] = field(default_factory=_column)
    stream: array[int] = field(default_factory=_column)
    platform: array[int] = field(default_factory=_column)
    vulnerability: array[int] = field(default_factory=_column)
    start: array[int] = field(default_factory=_column)
    end: array[int] = field(default_factory=_column)
    cause: array[int] = field(default_factory=_column)
    backfilled: array[int] = field(default_factory=_column)
    detected: array[int] = field(default_factory=_column)
    affected: array[int] = field(default_factory=_column)
    known: array[int] = field(default_factory=_column)
    present: array[int] = field(default_factory=_column)
    resumes: array[int] = field(default_factory=_column)
    clocked: array[int] = field(default_factory=_column)
    platforms: list[str] = field(default_factory=list)


class NamedStream(NamedTuple):
    """A stream as it is called."""

    repository: Repository
    by: str
    name: str


class NamedFlaw(NamedTuple):
    """A vulnerability as it is called, and what else it is called."""

    name: str
    aliases: tuple[str, ...]


class Assessed(NamedTuple):
    """What is said of the packages that match a vulnerability last.

    `severity` is the worst; `first` are those that each was rated at first, `rerated` all later
    ones with when they were recorded. `fixed` is whether there is a fix of each; `fix_known_at`
    since when, None where that is as old as the match.
    """

    severity: str
    first: frozenset[str]
    rerated: tuple[tuple[datetime, str], ...]
    fixed: bool
    fix_known_at: datetime | None


@dataclass(slots=True)
class SpanColumns:
    """Spans of time [start, end) by what they are of: two numbers, as who holds them says."""

    of: array[int] = field(default_factory=_column)
    and_of: array[int] = field(default_factory=_column)
    start: array[int] = field(default_factory=_column)
    end: array[int] = field(default_factory=_column)


@dataclass(slots=True)
class BeneathColumns:
    """What tracks were built on, and what tickets asked of them.

    `stream` and `platform` (its place in the `platforms` of the episodes) were built on a `base` of
    a `lineage` over [start, end). A base `brought` a vulnerability, and a lineage's head was
    `clean` of it: by base or lineage, and vulnerability. `asked_of` are the tracks with tickets,
    and what was `asked` to be ended is by place among those, and vulnerability.
    """

    stream: array[int] = field(default_factory=_column)
    platform: array[int] = field(default_factory=_column)
    base: array[int] = field(default_factory=_column)
    lineage: array[int] = field(default_factory=_column)
    start: array[int] = field(default_factory=_column)
    end: array[int] = field(default_factory=_column)
    brought: SpanColumns = field(default_factory=SpanColumns)
    clean: SpanColumns = field(default_factory=SpanColumns)
    asked: SpanColumns = field(default_factory=SpanColumns)
    asked_of: list[tuple[int, int]] = field(default_factory=list)  # stream and platform


Pair = tuple[int, int]  # a set of affected packages, and a vulnerability


class LedgerColumns(Protocol):
    """The ledger as it stood recorded after a pass, in columns and in a fixed number of queries."""

    def episodes(
        self,
        upto: int,
        reach: datetime,
        whole: Collection[int],
        seen: Collection[int] | None = None,
    ) -> EpisodeColumns:
        """Every episode that had not ended by a time, with what belongs to it.

        Of the streams `seen` alone; None for all of them.

        That is what platforms unite with it, and the rest of windows whose clocks went on, or that
        are asked for as a `whole`.
        """

    def first_detected(self, upto: int) -> datetime | None:
        """When the first of all episodes was recorded."""

    def streams(self, numbers: Collection[int]) -> Mapping[int, NamedStream]:
        """What streams are called."""

    def flaws(self, upto: int, numbers: Collection[int]) -> Mapping[int, NamedFlaw]:
        """What vulnerabilities are called."""

    def assessed(self, upto: int, pairs: Sequence[Pair]) -> Sequence[Assessed]:
        """What is said of each pair."""

    def purls(self, affected: Collection[int]) -> Mapping[int, Sequence[Collection[str]]]:
        """What each package of sets is called in whatever image, by set."""

    def beneath(
        self, upto: int, platforms: Sequence[str], flaws: Mapping[int, NamedFlaw]
    ) -> BeneathColumns:
        """What tracks were built on, and what tickets asked of them."""
