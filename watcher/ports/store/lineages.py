"""Facts of bases: which image is built on which, and what newer bases hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watcher.domain.lineage import BaseIdentity, Claim, Installed, KnownBase
from watcher.domain.reference import Repository
from watcher.domain.ticket import LineName
from watcher.ports.store.ledger import Track
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class Unidentified:
    """A published image whose base is to be found."""

    image: int
    platform: str
    diff_ids: tuple[str, ...]
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class BaseHead:
    """What the stream of a base points to now: the candidate of its lineage."""

    stream: int
    repository: Repository
    tag: str
    platform: str
    image: int
    digest: str
    since: datetime

    @property
    def name(self) -> str:
        """The lineage's whole name."""
        return f"{self.repository}:{self.tag}"


@dataclass(frozen=True, slots=True)
class Built:
    """A published stream's head built on a base of a lineage, on its newest or an older one."""

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

    @property
    def behind(self) -> bool:
        """Whether the lineage has moved on since the image was built."""
        return self.base != self.head.image


@dataclass(frozen=True, slots=True)
class Flaw:
    """A vulnerability as it matches one package now."""

    number: int
    name: str
    severity: str
    package: str
    installed: str
    fixed_version: str
    published: datetime | None


class Lineages(Protocol):
    """The record of what is built on what.

    An image is built on bases of its own platform alone, however alike the layers of others are.
    """

    def bases(self, address: Callable[[Repository], str]) -> dict[str, list[KnownBase]]:
        """All images ever watched as bases, by platform; `address` names repositories in full."""

    def unidentified(self, *, again: bool) -> list[Unidentified]:
        """Heads of published streams without a recorded base; `again`: all heads."""

    def bases_changed(self) -> bool:
        """Whether a base was first seen since bases were last identified."""

    def identified(self, this: PassRecord, found: Mapping[int, BaseIdentity | None]) -> None:
        """Record the bases of images; what was recorded otherwise before is superseded."""

    def built(self) -> list[Built]:
        """Heads of published streams on bases of lineages that still have a head of their own."""

    def published(self) -> dict[LineName, int | None]:
        """What published streams point to now: an image, None while it is not known which."""

    def installed(self, images: Collection[int]) -> dict[int, list[Installed]]:
        """The packages of those images that are catalogued and of which every package was matched.

        An image without packages has none; one of which something was never matched is left out.
        """

    def flaws(self, packages: Collection[int]) -> dict[int, Sequence[Flaw]]:
        """What packages match now."""
