"""Views of the record for people: what is watched, how well, and what holds a package.

Every view is of the record as it stood after one pass, whose number is asked for as `upto`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from watcher.domain.acceptance import Acceptance
from watcher.domain.knowledge import Reason
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track


@dataclass(frozen=True, slots=True)
class FinishedPass:
    """A pass that came to its end: its number, its own time, and when it really started."""

    number: int
    at: datetime
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether a track's figures rest on completed, fresh work of every stage.

    `reason` says why not, None where they do. `warning` names failures too young to matter yet.
    `direct` says that the image is matched by scans of its own.
    """

    covered: bool
    reason: str | None = None
    warning: str | None = None
    direct: bool = False


@dataclass(frozen=True, slots=True)
class StreamHead:
    """What a stream points to now, on one platform.

    `target` is the digest of the tag, `image` that of the platform's own manifest, None while it
    is not known; `packages` is None while the image is not catalogued. `published` is False for a
    base, which is watched without exposures of its own. `since` is the start of the
    binding, `not_before` how far back it may lie, None where it is certain. `tags` point to
    `target` now.
    """

    track: Track
    repository: Repository
    by: str
    name: str
    published: bool
    target: str
    image: str | None
    since: datetime
    not_before: datetime | None
    backfilled: bool
    packages: int | None
    open_exposures: int
    tags: tuple[str, ...] = ()

    @property
    def stream(self) -> str:
        """The stream's whole name, without the platform."""
        return stream_name(self.repository, self.by, self.name)


@dataclass(frozen=True, slots=True)
class WatchedHead:
    """What a published stream points to on one platform, and why it is not covered.

    `digest` is that of the platform's own manifest, else the tag's. `reason` is None where it is
    covered; `direct` says that the image is matched by scans of its own. `base` is what its image
    is built on, as its lineage is called, else as its annotation says; None where nobody knows.
    """

    track: Track
    repository: Repository
    by: str
    name: str
    digest: str
    since: datetime
    reason: str | None
    direct: bool
    base: str | None

    @property
    def stream(self) -> str:
        """The stream's whole name, without the platform."""
        return stream_name(self.repository, self.by, self.name)


@dataclass(frozen=True, slots=True)
class Sampled:
    """How many streams were watched at a time, and how many of them were covered then."""

    at: datetime
    streams: int
    covered: int


@dataclass(frozen=True, slots=True)
class Sampling:
    """What is sampled: some streams, and what was never listed by its name."""

    streams: frozenset[int]
    owns: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A registry or repository in scope that never showed a stream, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImageBase:
    """What an image is built on: `name` as its lineage is called, else as its annotation says.

    Without a grade that is not known: what the image claims is refuted, and the evidence says how.
    """

    name: str | None
    digest: str | None
    grade: str | None
    evidence: str


@dataclass(frozen=True, slots=True)
class WatchedImage:
    """An image that streams point to now; `platform` is None while its manifest is not read.

    `os` and `packages` are None while it is not catalogued; `os` too where it has none. `base` is
    None where none is known; `direct` why it is matched on its own, None where it is not.
    """

    repository: Repository
    digest: str
    platform: str | None
    os: str | None
    packages: int | None
    streams: tuple[str, ...]
    tracks: tuple[Track, ...]
    base: ImageBase | None = None
    direct: str | None = None


@dataclass(frozen=True, slots=True)
class ListedPackage:
    """A package by the names it is searched by, with its purl as the image has it."""

    name: str
    version: str
    purl: str


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched: packages whose name (or purl) contains `fragment` and that are accepted.

    Letter case does not count. `vulnerability` is an id that may be meant instead, whole.
    """

    vulnerability: str
    fragment: str
    in_purl: bool
    accepts: Callable[[ListedPackage], bool]


@dataclass(frozen=True, slots=True)
class Holding:
    """A package held by an image that a stream points to, or pointed to until `until`.

    `vulnerability` is set where the search was for it and the package matches it.
    """

    track: Track
    stream: str
    repository: Repository
    image: str
    package: ListedPackage
    vulnerability: str | None
    since: datetime
    until: datetime | None


What = Literal["appeared", "ended", "severity", "severity_source", "status", "fixed_version"]
TERMS: Final[tuple[What, ...]] = ("severity", "severity_source", "status", "fixed_version")


@dataclass(frozen=True, slots=True)
class FirstHoldings:
    """Some holdings, whether there are `more`, and each stream and platform that holds it now."""

    holdings: Sequence[Holding]
    current: Collection[tuple[str, str]]
    more: bool = False

    @classmethod
    def whole(cls, holdings: Sequence[Holding]) -> FirstHoldings:
        """Of all holdings that there are."""
        now = {(one.stream, one.track.platform) for one in holdings if one.until is None}
        return cls(holdings, now)


@dataclass(frozen=True, slots=True)
class MatchChange:
    """One change of a match under a version of knowledge: what, why, and from what to what."""

    vulnerability: str
    package: str
    installed: str
    what: What
    reason: Reason
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class MatchChanges:
    """What changed under a version: counts by reason, some of the changes, images listed again.

    What new images brought is no change. `listed` holds some of the newest versions' only.
    """

    counts: Mapping[Reason, Mapping[What, int]] = field(default_factory=dict)
    listed: Sequence[MatchChange] = ()
    listed_again: int = 0


@dataclass(frozen=True, slots=True)
class KnowledgeDelta:
    """A version of knowledge with what it changed.

    `added` and `removed` count matches of packages that were matched before; `first_matched` those
    found on packages that never were. `contexts` counts the contexts matched whole under it.
    """

    scanner: str
    db_digest: str
    source: str
    updated_at: datetime
    seen_at: datetime
    applied_at: datetime
    effective_at: datetime
    added: int
    removed: int
    first_matched: int
    contexts: int
    reason: Reason | None = None  # what is new in it; None for the first one
    changes: MatchChanges = field(default_factory=MatchChanges)


class Views(Protocol):
    """The record, for reading."""

    def finished(self, at: datetime | None) -> FinishedPass | None:
        """The last pass that ended and was made at or before a time; None: the last of all."""

    def configuration(self, upto: int) -> str:
        """The configuration that a pass was made under, as canonical JSON without secrets."""

    def coverage(self, upto: int, as_of: datetime, stale_after: timedelta) -> dict[Track, Coverage]:
        """Tell for every track ever bound whether it is covered, in a fixed number of queries."""

    def streams(self, upto: int) -> list[StreamHead]:
        """What every stream points to, by repository and name; ended streams are left out."""

    def published(self, upto: int, as_of: datetime, stale_after: timedelta) -> list[WatchedHead]:
        """The same of published streams alone, with how well each is covered, and its base."""

    def sampled(
        self, times: Sequence[datetime], stale_after: timedelta, only: Sampling | None = None
    ) -> list[Sampled]:
        """How many streams were watched and covered at each of some times, as recorded then.

        What was never listed counts as a stream that is not covered. `only` leaves the others out.
        """

    def unlisted(self, upto: int) -> list[Unlisted]:
        """What is in scope and was never listed, so that no stream tells of it."""

    def images(self, upto: int) -> list[WatchedImage]:
        """The images that streams point to, each once per repository."""

    def find(self, wanted: Search, upto: int) -> list[Holding]:
        """Where packages are held; heads of streams first, then by stream, platform and purl."""

    def first_holdings(
        self, wanted: Search, upto: int, at_most: int, seen: Collection[int] | None = None
    ) -> FirstHoldings:
        """The first so many of `find`, of the streams that are seen; None for all of them."""

    def directs(self, upto: int) -> int:
        """How many images that streams point to are matched by scans of their own."""

    def accepted(self, upto: int) -> tuple[Acceptance, ...]:
        """The risks that the configuration of a pass accepted."""

    def knowledge(self, upto: int) -> list[KnowledgeDelta]:
        """All versions of knowledge, oldest first."""


def stream_name(repository: Repository, by: str, name: str) -> str:
    """The whole name of a stream: `local/shop/api:latest`, `local/shop/api#2-slim`."""
    return f"{repository}{':' if by == 'tag' else '#'}{name}"
