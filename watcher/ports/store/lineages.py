"""Facts of bases: which image is built on which, and what newer bases hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Protocol

from watcher.domain.lineage import BaseIdentity, Contents, KnownBase, Subject
from watcher.domain.reference import Repository
from watcher.domain.ticket import LineName
from watcher.ports.store.ledger import Track
from watcher.ports.store.passes import PassRecord
from watcher.ports.store.views import stream_name


@dataclass(frozen=True, slots=True)
class Unidentified:
    """An image whose base is to be found, on its platform."""

    platform: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class Earlier:
    """An image that a lineage pointed to before; `pointed` is the digest that its tag had."""

    image: int
    digest: str
    pointed: str
    since: datetime


@dataclass(frozen=True, slots=True)
class BaseHead:
    """What a stream that others are built on points to now: the candidate of its lineage.

    `pointed` is the digest of its tag, that of an index where there are several platforms; `digest`
    that of the platform's image. `published` is a stream with exposures of its own. `earlier` are
    the images before, the newest first.
    """

    stream: int
    repository: Repository
    tag: str
    platform: str
    image: int
    digest: str
    since: datetime
    pointed: str = ""
    by: str = "tag"
    published: bool = False
    earlier: tuple[Earlier, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """The lineage's whole name."""
        return stream_name(self.repository, self.by, self.tag)

    @property
    def named_digest(self) -> str:
        """The digest to write behind its name."""
        return self.pointed or self.digest


@dataclass(frozen=True)
class Built:
    """A stream's head built on a base of a lineage, on its newest or an older one.

    `published` is a stream with exposures; another one is a base that is built on a base itself.
    """

    track: Track
    repository: Repository
    by: str
    stream: str
    image: int
    digest: str
    base: int
    base_digest: str
    base_since: datetime
    grade: str
    evidence: str
    head: BaseHead
    published: bool = True
    pointed: str = ""
    base_pointed: str = ""

    @property
    def behind(self) -> bool:
        """Whether the lineage has moved on since the image was built."""
        return self.base != self.head.image

    @cached_property
    def name(self) -> str:
        """The stream's whole name."""
        return stream_name(self.repository, self.by, self.stream)


@dataclass(frozen=True, slots=True)
class Construction:
    """What is built on what now, and the heads of all that may be built on."""

    built: Sequence[Built]
    heads: Sequence[BaseHead]


@dataclass(frozen=True, slots=True)
class Flaw:
    """A vulnerability as it matches one package now; `others` are its other ids."""

    number: int
    name: str
    severity: str
    package: str
    installed: str
    fixed_version: str
    published: datetime | None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldIn:
    """An image's packages as held in a repository, under a tag's stream or none, by digests.

    An image that is not built yet has no digests: statements about images do not reach it.
    """

    image: int
    repository: str
    tag: str | None
    digests: frozenset[str]


@dataclass(frozen=True, slots=True)
class Excusing:
    """A statement that a package is not affected: who says so, why, and in which document."""

    author: str
    justification: str
    document: str


# By package and vulnerability.
Excuses = Mapping[int, Mapping[int, Excusing]]


class Lineages(Protocol):
    """The record of what is built on what.

    An image is built on bases of its own platform alone, however alike the layers of others are.
    """

    def unidentified(self, *, again: bool) -> list[int]:
        """The images that streams point to without a recorded base; `again`: all of them."""

    def subjects(
        self, images: Collection[int], address: Callable[[Repository], str]
    ) -> list[Unidentified]:
        """What is known of images whose base is looked for; `address` names repositories."""

    def bases(
        self,
        chains: Collection[str],
        digests: Collection[str],
        address: Callable[[Repository], str],
    ) -> dict[str, list[KnownBase]]:
        """Images by all their layers or by a digest that a stream ever pointed to, by platform."""

    def bases_changed(self) -> bool:
        """Whether a base was first seen since bases were last identified."""

    def identified(self, this: PassRecord, found: Mapping[int, BaseIdentity | None]) -> None:
        """Record the bases of images; what was recorded otherwise before is superseded."""

    def construction(self) -> Construction:
        """Heads of streams on bases of lineages that still have a head of their own."""

    def published(self) -> dict[LineName, int | None]:
        """What streams point to now: an image, None while it is not known which."""

    def contents(self, images: Collection[int]) -> Contents:
        """The packages of those images that are catalogued and of which every package was matched.

        An image without packages has none; one of which something was never matched is left out.
        """

    def flaws(self, packages: Collection[int]) -> dict[int, Sequence[Flaw]]:
        """What packages match now."""

    def excused(self, wanted: Collection[HeldIn]) -> Mapping[HeldIn, Excuses]:
        """What statements in force say is not affected, where everybody who speaks of it does."""
