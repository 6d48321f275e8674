"""Facts of registries: repositories, tags, manifests; and the streams viewed in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watcher.domain.inventory import TagChanges, TagInterval
from watcher.domain.reference import Platform, Repository
from watcher.domain.stream import Binding, PlatformImage, Stream
from watcher.ports.registry import ImageConfig, Manifest
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class KnownTag:
    """A tag as it stands recorded: its interval's number, its digest, its last known push."""

    interval: int
    digest: str
    pushed_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownRepository:
    """A repository as it stands recorded: when its moves were last known, and all of its tags."""

    number: int
    repository: Repository
    listed_at: datetime | None
    reconciled_at: datetime | None
    in_scope: bool
    tags: Mapping[str, KnownTag]


@dataclass(frozen=True, slots=True)
class Scope:
    """A repository was included by the configuration over [since, until)."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RepositoryHistory:
    """All tags of a repository of all times, and when the configuration included it."""

    number: int
    repository: Repository
    tags: tuple[TagInterval, ...]
    scopes: tuple[Scope, ...]


class Inventory(Protocol):
    """The record of registries."""

    def known(
        self, registry: str, paths: Collection[str] | None = None
    ) -> dict[str, KnownRepository]:
        """All repositories of a registry, or those of some paths, with their open tags."""

    def include(self, this: PassRecord, registry: str, paths: Iterable[str]) -> None:
        """Record repositories that the configuration includes from now on."""

    def leave_out(self, this: PassRecord, repositories: Collection[int]) -> None:
        """Record that the configuration no longer includes these repositories."""

    def leave_out_registries(self, this: PassRecord, configured: Collection[str]) -> set[int]:
        """Leave out all repositories of registries that are no longer configured; tells which."""

    def record_tags(
        self,
        this: PassRecord,
        changes: Mapping[int, TagChanges],
        known: Mapping[int, KnownRepository],
    ) -> None:
        """Record what listings changed, by repository."""

    def record_unseen_moves(self, this: PassRecord, moves: Mapping[int, datetime]) -> None:
        """Record newer push times (by tag interval) of tags whose digest is the same."""

    def unresolved(self) -> set[int]:
        """Numbers of repositories whose streams are not up to date with the record.

        A stream points to a digest that is not resolved yet, nobody knows yet what it points to,
        or tags or scope changed in a pass that died before it viewed them.
        """

    def all_numbers(self) -> set[int]:
        """Numbers of all repositories ever recorded."""

    def histories(self, repositories: Collection[int]) -> list[RepositoryHistory]:
        """The history of each of these repositories."""

    def resolved(self, digests: Collection[str]) -> dict[str, dict[Platform, PlatformImage]]:
        """Platforms of those manifests that are recorded."""

    def add_manifest(
        self, this: PassRecord, manifest: Manifest, images: Sequence[ImageConfig]
    ) -> None:
        """Record what a digest stands for."""

    def revise_streams(
        self, this: PassRecord, viewed: Mapping[int, Sequence[tuple[Stream, list[Binding]]]]
    ) -> None:
        """Make the recorded streams and bindings of these repositories the given ones."""
