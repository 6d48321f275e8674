"""Facts of images: which are to be catalogued, and what they consist of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watcher.domain.package import Catalogue, Finding
from watcher.domain.reference import Repository
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class Uncatalogued:
    """An image that a stream points to and that has no catalogue yet."""

    image: int
    repository: Repository
    digest: str
    platform: str
    layer_bytes: int


@dataclass(frozen=True, slots=True)
class Outdated:
    """When a catalogue is to be made again: another scanner made it, or it has unknown jars.

    Those only under another Java database, where the catalogue was made by `jars_before`.
    """

    scanner: str
    java_db: str | None
    jars_before: datetime


@dataclass(frozen=True, slots=True)
class CatalogueOrigin:
    """What made a catalogue: scanner version and databases, by digest."""

    scanner: str
    db_digest: str
    java_db_digest: str | None


@dataclass(frozen=True, slots=True)
class Newborn:
    """A catalogue whose own findings were not compared with the derived ones yet."""

    catalogue: int
    subject: str  # registry/path@digest
    db_digest: str
    scanner: str
    findings: tuple[Finding, ...]


class Catalogues(Protocol):
    """The record of what images consist of."""

    def uncatalogued(self) -> list[Uncatalogued]:
        """Images that some stream points to now and that no scanner version has catalogued."""

    def outdated(self, since: Outdated) -> list[Uncatalogued]:
        """Images that some stream points to now and whose newest catalogue is to be made again."""

    def add(
        self, this: PassRecord, image: int, origin: CatalogueOrigin, catalogue: Catalogue
    ) -> None:
        """Record a catalogue; packages and sets of packages already there are shared."""

    def newborn(self, covered: Collection[int]) -> Iterator[Newborn]:
        """Catalogues that wait for the comparison and whose contexts are all among the covered."""

    def derived(self, catalogue: int) -> list[Finding]:
        """The open matches of a catalogue's packages, as findings; empty where none is matched."""

    def audited(self, this: PassRecord, catalogue: int, differences: Sequence[str] | None) -> None:
        """Record what the comparison found (None: too late for one) and drop the own findings."""

    def expire(self, this: PassRecord, before: datetime) -> None:
        """Drop the own findings of catalogues made before a time that were never compared."""

    def distinct_packages(self) -> int:
        """How many distinct packages are recorded."""
