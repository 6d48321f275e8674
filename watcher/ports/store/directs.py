"""Images that are matched on their own: which they are, and what their own scans list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from watcher.domain.package import Catalogue, Package
from watcher.domain.reference import Repository
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class Direct:
    """A digest that a stream points to now and that is matched on its own.

    `context` and `last_version` are None while none of its scans was recorded.
    """

    repository: Repository
    digest: str
    layer_bytes: int
    context: int | None = None
    last_version: int | None = None


@dataclass(frozen=True, slots=True)
class DirectList:
    """What a scan listed, as recorded: its context, and its packages by number."""

    context: int
    last_version: int | None
    packages: Mapping[int, Package]


class Directs(Protocol):
    """The record of images that are matched on their own."""

    def bound(self) -> list[Direct]:
        """Those that a stream points to now, each digest once."""

    def listed(
        self, this: PassRecord, digest: str, origin: CatalogueOrigin, catalogue: Catalogue
    ) -> DirectList:
        """Make a scan's list that of every image of a digest; where it is, nothing is recorded."""
