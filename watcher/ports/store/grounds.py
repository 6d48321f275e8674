"""The facts that an exposure rests on, with the passes that recorded them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Recorded:
    """The pass that recorded something: its number and its own time."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SeenTag:
    """A tag that pointed to the digest of a binding, and when that was seen."""

    tag: str
    observed_at: datetime
    pushed_at: datetime | None
    gone_at: datetime | None
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class BindingGround:
    """A binding of a window's track: a stream pointed to an image over [start, end).

    `target` is the tag's digest, `image` that of the platform's manifest, None while it is not
    read. `ended` is the pass that recorded the end.
    """

    target: str
    image: str | None
    start: datetime
    start_not_before: datetime | None
    backfilled: bool
    end: datetime | None
    reason: str | None
    recorded: Recorded
    ended: Recorded | None
    tags: tuple[SeenTag, ...]


@dataclass(frozen=True, slots=True)
class KnowledgeGround:
    """A version of knowledge: the scanner, the database's digest, since when its answers hold."""

    scanner: str
    db_digest: str
    effective_at: datetime
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class MatchGround:
    """A run of matches of a package in an image of the window.

    `first` is the version of knowledge that found it first, `lacked_by` the last that did not,
    `ended_by` the one that found it no more; `dated_at` None where nothing earlier was matched.
    """

    image: str
    purl: str
    dated_at: datetime | None
    end: datetime | None
    first: KnowledgeGround
    lacked_by: KnowledgeGround | None
    ended_by: KnowledgeGround | None
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class CatalogueGround:
    """What listed an image's packages."""

    image: str
    scanner: str
    db_digest: str
    java_db_digest: str | None
    applied_at: datetime
    packages: int
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class WindowGrounds:
    """The facts under a window, oldest first."""

    bindings: tuple[BindingGround, ...] = ()
    matches: tuple[MatchGround, ...] = ()
    catalogues: tuple[CatalogueGround, ...] = ()


class Grounds(Protocol):
    """The facts under windows, for reading."""

    def under(self, windows: Collection[int], upto: int) -> Mapping[int, WindowGrounds]:
        """The facts under windows (by number) as they stood recorded after pass `upto`.

        In a fixed number of queries; it is meant for some windows, not for all.
        """
