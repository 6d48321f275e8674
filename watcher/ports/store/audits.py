"""Facts of audits: which images can be scanned in full, and how each comparison went."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from watcher.domain.package import Catalogue
from watcher.domain.reference import Repository
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.passes import PassRecord

Written = Mapping[str, str | None]  # a difference, as JSON documents have it


@dataclass(frozen=True, slots=True)
class Auditable:
    """An image that a stream points to now, matched in all of its contexts.

    `origin` is what made its list. `audited_in` is the last pass whose full scan it was compared
    with, None where there was none; `due` says that the comparison at its birth came to nothing.
    """

    catalogue: int
    repository: Repository
    digest: str
    layer_bytes: int
    contexts: frozenset[int]
    origin: CatalogueOrigin
    audited_in: int | None = None
    due: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """An image matched on its own since another version of scanner or watcher was in force."""

    image: int
    repository: Repository
    digest: str
    layer_bytes: int


@dataclass(frozen=True, slots=True)
class Audited:
    """A comparison as recorded: on which image (registry/path@digest), of how many findings."""

    subject: str
    findings: int
    differences: Sequence[Written]


class Audits(Protocol):
    """The record of full scans that were compared with what was derived."""

    def auditable(self, covered: Collection[int]) -> list[Auditable]:
        """Images matched with others whose contexts are all among the covered."""

    def stale(self, scanner: str) -> list[Stale]:
        """Images matched on their own, by a decision under other versions than those in force."""

    def listed(self, catalogue: int) -> frozenset[tuple[str, str]]:
        """The packages of a catalogue, by context and identity."""

    def record(
        self, this: PassRecord, catalogue: int, knowledge: int, told: Audited, scanner: str
    ) -> None:
        """Record a comparison once for a pass; an image that differs is matched on its own then."""

    def again(
        self, this: PassRecord, image: int, origin: CatalogueOrigin, catalogue: Catalogue
    ) -> None:
        """Record a list with its findings as that of a new image, to be compared as at birth."""

    def of_pass(self, this: PassRecord) -> list[Audited]:
        """What was compared in a pass, by subject."""

    def directs(self) -> int:
        """How many images that streams point to now are matched on their own."""
