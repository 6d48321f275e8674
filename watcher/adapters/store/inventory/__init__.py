"""The record of registries: repositories, tags and what they point to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from watcher.adapters.store.inventory import histories, known, manifests, scopes, tags
from watcher.adapters.store.streams import revise_streams
from watcher.adapters.store.writing import writing
from watcher.domain.inventory import TagChanges
from watcher.domain.reference import Platform
from watcher.domain.stream import Binding, PlatformImage, Stream
from watcher.ports.registry import ImageConfig, Manifest
from watcher.ports.store.inventory import KnownRepository, RepositoryHistory
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlInventory:
    """Signs the port `Inventory`."""

    engine: Engine

    def known(
        self, registry: str, paths: Collection[str] | None = None
    ) -> dict[str, KnownRepository]:
        """All repositories of a registry, or those of some paths, with their open tags."""
        with self.engine.connect() as connection:
            return known.read(connection, registry, paths)

    def include(self, this: PassRecord, registry: str, paths: Iterable[str]) -> None:
        """Record repositories that the configuration includes from now on."""
        with writing(self.engine, this) as connection:
            scopes.begin(connection, this, registry, list(paths))

    def leave_out(self, this: PassRecord, repositories: Collection[int]) -> None:
        """Record that the configuration no longer includes these repositories."""
        with writing(self.engine, this) as connection:
            scopes.end(connection, this, repositories)

    def leave_out_registries(self, this: PassRecord, configured: Collection[str]) -> set[int]:
        """Leave out all repositories of registries that are no longer configured; tells which."""
        with writing(self.engine, this) as connection:
            numbers = scopes.of_others(connection, configured)
            if numbers:
                scopes.end(connection, this, numbers)
            return numbers

    def record_tags(
        self,
        this: PassRecord,
        changes: Mapping[int, TagChanges],
        known: Mapping[int, KnownRepository],
    ) -> None:
        """Record what listings changed, by repository."""
        with writing(self.engine, this) as connection:
            tags.record(connection, this, changes, known)

    def record_unseen_moves(self, this: PassRecord, moves: Mapping[int, datetime]) -> None:
        """Record newer push times (by tag interval) of tags whose digest is the same."""
        with writing(self.engine, this) as connection:
            tags.record_unseen_moves(connection, this, moves)

    def unresolved(self) -> set[int]:
        """Numbers of repositories whose streams are not up to date with the record.

        A stream points to a digest that is not resolved yet, nobody knows yet what it points to,
        or tags or scope changed in a pass that died before it viewed them.
        """
        with self.engine.connect() as connection:
            return known.unresolved(connection)

    def all_numbers(self) -> set[int]:
        """Numbers of all repositories ever recorded."""
        with self.engine.connect() as connection:
            return known.all_numbers(connection)

    def histories(self, repositories: Collection[int]) -> list[RepositoryHistory]:
        """The history of each of these repositories."""
        with self.engine.connect() as connection:
            return histories.read(connection, repositories)

    def resolved(self, digests: Collection[str]) -> dict[str, dict[Platform, PlatformImage]]:
        """Platforms of those manifests that are recorded."""
        with self.engine.connect() as connection:
            return manifests.resolved(connection, digests)

    def add_manifest(
        self, this: PassRecord, manifest: Manifest, images: Sequence[ImageConfig]
    ) -> None:
        """Record what a digest stands for."""
        with writing(self.engine, this) as connection:
            manifests.add(connection, this, manifest, images)

    def revise_streams(
        self, this: PassRecord, viewed: Mapping[int, Sequence[tuple[Stream, list[Binding]]]]
    ) -> None:
        """Make the recorded streams and bindings of these repositories the given ones."""
        with writing(self.engine, this) as connection:
            revise_streams(connection, this, viewed)
