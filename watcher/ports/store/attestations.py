"""Facts of what is attached to images: provenance of builders, and documents of VEX."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from watcher.domain.lineage import Provenance
from watcher.domain.reference import Repository
from watcher.ports.store.passes import PassRecord

AttestedKind = Literal["provenance", "vex"]


@dataclass(frozen=True, slots=True)
class Attested:
    """What was found attached to a digest: a builder's account, or a document as it is.

    `sha256` is that of the bytes it came in; `signed` says that signatures came along, which
    nobody has verified; `place` is where it was found.
    """

    subject: str
    sha256: str
    signed: bool
    place: str
    content: Provenance | Mapping[str, Any]

    @property
    def kind(self) -> AttestedKind:
        """What it is."""
        return "provenance" if isinstance(self.content, Provenance) else "vex"


@dataclass(frozen=True, slots=True)
class AttestedDocument:
    """A document of VEX that is attached to an image now."""

    repository: Repository
    subject: str
    sha256: str
    signed: bool
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A digest in a repository, to which something may be attached."""

    repository: Repository
    digest: str


class Attestations(Protocol):
    """The record of what is attached."""

    def due(self, registries: Collection[str], before: datetime, most: int) -> list[Place]:
        """What streams of these registries point to and nobody looked at since; the longest first.

        Images and the indexes that they are in, those that were never looked at before all others.
        """

    def add(self, this: PassRecord, repository: Repository, found: Sequence[Attested]) -> None:
        """Record what came with an image in its index; what is known is left as it is."""

    def looked(self, this: PassRecord, found: Mapping[Place, Sequence[Attested]]) -> None:
        """Record all that is attached to digests now; what is not attached any more has ended."""

    def documents(self, registry: str) -> list[AttestedDocument]:
        """The documents of VEX that are attached in a registry now, in a fixed order."""
