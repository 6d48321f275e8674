"""What pages ask of the record beyond its lists: a part of a list, one stream, one image, one flaw.

Every question is about the record as it stood after the pass whose number is given as `upto`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import MatchChange, stream_name

State = Literal["open", "closed", "any"]
Order = Literal["due", "severity", "age", "newest", "stream", "standing"]


@dataclass(frozen=True, slots=True)
class DueTimes:
    """When windows have to be due, over [since, before); None is no bound.

    `never` asks for those that the policy sets no limit for instead.
    """

    since: datetime | None = None
    before: datetime | None = None
    never: bool = False


@dataclass(frozen=True, slots=True)
class WindowsWanted:
    """Which windows a page lists, in which order, and which part of them.

    Empty fields ask for all. `text` is part of a vulnerability's id, of a stream's name, or of the
    name of a package that the vulnerability concerns. `since_before` bounds the start of the last
    episode. `limits` are the policy's days by severity; `numbers` are windows by their own. In the
    order `standing` what is open comes first, then the newest.
    """

    state: State = "open"
    severities: frozenset[str] = frozenset()
    streams: frozenset[int] | None = None
    platform: str | None = None
    vulnerability: str | None = None
    text: str = ""
    since_before: datetime | None = None
    due: DueTimes | None = None
    limits: Mapping[str, float] = field(default_factory=dict)
    numbers: frozenset[int] | None = None
    order: Order = "due"
    offset: int = 0
    at_most: int = 50


@dataclass(frozen=True, slots=True)
class WindowsFound:
    """How much was found in all, and the windows (by number) of the part that was asked for.

    `exposures` are streams with a vulnerability, each once on however many platforms.
    """

    windows: int
    exposures: int
    vulnerabilities: int
    streams: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NamedTrack:
    """A track by its names; `published` is False for a base."""

    track: Track
    repository: Repository
    by: str
    name: str
    published: bool

    @property
    def stream(self) -> str:
        """The stream's whole name, without the platform."""
        return stream_name(self.repository, self.by, self.name)


@dataclass(frozen=True, slots=True)
class ShownBase:
    """What an image is built on: `name` as its lineage is called, else as an annotation says.

    `watched` is set where that is the name of a stream; `created` None where nobody said when.
    `layers` is how many layers it has, 0 where it was never seen itself.
    """

    name: str | None
    digest: str | None
    grade: str
    evidence: str
    watched: bool
    created: datetime | None
    layers: int


@dataclass(frozen=True, slots=True)
class PointedTo:
    """What a track pointed to over [start, end): a tag's digest and, once it is read, its image.

    `tags` are those of the repository that pointed to the same digest by then. `reason` is why it
    ended.
    """

    start: datetime
    start_not_before: datetime | None
    backfilled: bool
    end: datetime | None
    reason: str | None
    target: str
    image: str | None
    created: datetime | None
    catalogued: bool
    tags: tuple[str, ...]
    base: ShownBase | None


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An image as it is known: what the registry said, and what its catalogue says of the whole.

    Fields from `os` to `packages` are None while it is not catalogued.
    """

    number: int
    digest: str
    platform: str
    created: datetime | None
    diff_ids: tuple[str, ...]
    labels: Mapping[str, str]
    os: str | None
    scanner: str | None
    end_of_life: bool | None
    not_covered: str | None
    audit: str | None
    differences: tuple[str, ...]
    packages: int | None
    base: ShownBase | None
    alone: str | None = None  # why it is matched on its own


@dataclass(frozen=True, slots=True)
class Pointing:
    """A track that pointed to an image, from `since` until `until`, None while it does."""

    stream: NamedTrack
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """A package in an image; `layer` is the diff id it came with, empty where none is named."""

    name: str
    version: str
    purl: str
    path: str
    layer: str
    left_out: str | None


@dataclass(frozen=True, slots=True)
class PresentFinding:
    """A match of a package of an image that has not ended, with its last assessment."""

    vulnerability: str
    title: str
    severity: str
    status: str
    fixed_version: str
    package: str
    version: str


@dataclass(frozen=True, slots=True)
class ShownFlaw:
    """A vulnerability as it was first recorded; `published` None where nobody said when."""

    name: str
    title: str
    published: datetime | None
    in_db_at: datetime
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConcernedPackage:
    """A package that a vulnerability concerns, or did: how it is rated, and what fixes it."""

    name: str
    version: str
    context: str
    severity: str
    severity_source: str | None
    status: str
    fixed_version: str
    current: bool


@dataclass(frozen=True, slots=True)
class StandingFailure:
    """What failed when it was last tried: since when, how often, and whether it is retried."""

    stage: str
    subject: str
    error: str
    retry: bool
    attempts: int
    since: datetime


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """A version of knowledge by its names and times."""

    scanner: str
    db_digest: str
    updated_at: datetime
    effective_at: datetime


class Browsing(Protocol):
    """The record, for pages; every answer takes a fixed number of queries."""

    def windows(self, wanted: WindowsWanted, upto: int) -> WindowsFound:
        """Part of the windows that a page asks for.

        Where packages of one vulnerability are rated differently, their windows are folded to tell
        which rating is theirs: those reads go in batches of tracks.
        """

    def about(self, text: str, upto: int) -> frozenset[str]:
        """The vulnerabilities, by name, that concern a package or have an id that holds a text."""

    def tracks(self, upto: int, repository: Repository | None = None) -> list[NamedTrack]:
        """Every track ever bound, or those of one repository, by name and platform."""

    def pointed(self, track: Track, upto: int) -> list[PointedTo]:
        """What a track pointed to, oldest first."""

    def image(self, repository: Repository, digest: str, upto: int) -> ShownImage | None:
        """An image that a stream of the repository points to, or did; None where none does."""

    def pointing(self, image: int, upto: int) -> list[Pointing]:
        """The tracks that point to an image, or did; those that do come first."""

    def packages(self, image: int, upto: int, offset: int, at_most: int) -> list[InstalledPackage]:
        """Part of the packages of an image, by name."""

    def findings(self, image: int, upto: int, at_most: int) -> tuple[int, list[PresentFinding]]:
        """How many findings an image has, and the worst of them."""

    def changes(self, vulnerability: str, upto: int) -> list[tuple[KnowledgeVersion, MatchChange]]:
        """How what one vulnerability matches changed, newest first, and under which version."""

    def flaw(self, name: str, upto: int) -> ShownFlaw | None:
        """A vulnerability by its id, in whatever letter case; None where it is not known."""

    def concerned(self, name: str, upto: int, at_most: int) -> list[ConcernedPackage]:
        """Packages that a vulnerability concerns, those first that it still does."""

    def failures(self, upto: int) -> list[StandingFailure]:
        """What had failed when it was last tried, by stage and subject."""

    def versions(self, upto: int) -> list[KnownVersion]:
        """All versions of knowledge by their times, oldest first; the last one is in force."""
