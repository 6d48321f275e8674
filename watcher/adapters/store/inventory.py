"""The record of registries: repositories, tags and what they point to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, func, insert, or_, select, union, update

from watcher.adapters.store.asof import ended_with
from watcher.adapters.store.engine import Row, add_numbered, add_rows, batches, still_open
from watcher.adapters.store.streams import revise_streams
from watcher.adapters.store.tables.inventory import (
    bindings,
    images,
    manifest_images,
    manifests,
    repositories,
    repository_scopes,
    streams,
    tag_intervals,
    unseen_moves,
)
from watcher.adapters.store.tables.passes import coverage
from watcher.domain.inventory import TagChanges, TagInterval
from watcher.domain.reference import Platform, Repository
from watcher.domain.stream import Binding, PlatformImage, Stream
from watcher.ports.registry import ImageConfig, Manifest
from watcher.ports.store.inventory import KnownRepository, KnownTag, RepositoryHistory, Scope
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlInventory:
    """Signs the port `Inventory`."""

    engine: Engine

    def known(self, registry: str) -> dict[str, KnownRepository]:
        """All repositories of a registry by path, with their open tags."""
        listed = (
            select(coverage.c.subject, func.max(coverage.c.until).label("at"))
            .where(coverage.c.stage == "inventory")
            .group_by(coverage.c.subject)
            .subquery()
        )
        scoped = (
            select(repository_scopes.c.repository_id)
            .where(still_open(repository_scopes))
            .subquery()
        )
        statement = (
            select(
                repositories.c.id,
                repositories.c.path,
                listed.c.at,
                scoped.c.repository_id.label("scope"),
            )
            .outerjoin(listed, listed.c.subject == repositories.c.id)
            .outerjoin(scoped, scoped.c.repository_id == repositories.c.id)
            .where(repositories.c.registry == registry)
        )
        with self.engine.connect() as connection:
            tags = _open_tags(connection, registry)
            return {
                row.path: KnownRepository(
                    row.id,
                    Repository(registry, row.path),
                    row.at,
                    row.scope is not None,
                    tags.get(row.id, {}),
                )
                for row in connection.execute(statement)
            }

    def include(self, this: PassRecord, registry: str, paths: Iterable[str]) -> None:
        """Record repositories that the configuration includes from now on."""
        with self.engine.begin() as connection:
            statement = select(repositories.c.path, repositories.c.id).where(
                repositories.c.registry == registry
            )
            known = {row.path: row.id for row in connection.execute(statement)}
            wanted = list(paths)
            new: list[Row] = [
                {"registry": registry, "path": path} for path in wanted if path not in known
            ]
            add_rows(connection, repositories, new)
            known = {row.path: row.id for row in connection.execute(statement)}
            rows: list[Row] = [
                {"repository_id": known[path], "since": this.at, "opened_in": this.number}
                for path in wanted
            ]
            add_rows(connection, repository_scopes, rows)

    def leave_out(self, this: PassRecord, numbers: Collection[int]) -> None:
        """Record that the configuration no longer includes these repositories."""
        with self.engine.begin() as connection:
            for batch in batches(sorted(numbers)):
                statement = update(repository_scopes).where(
                    still_open(repository_scopes), repository_scopes.c.repository_id.in_(batch)
                )
                connection.execute(statement.values(until=this.at, closed_in=this.number))

    def leave_out_registries(self, this: PassRecord, configured: Collection[str]) -> set[int]:
        """Leave out all repositories of registries that are no longer configured; tells which."""
        statement = (
            select(repositories.c.id)
            .join(repository_scopes, repository_scopes.c.repository_id == repositories.c.id)
            .where(still_open(repository_scopes), repositories.c.registry.not_in(configured))
        )
        with self.engine.connect() as connection:
            numbers = set(connection.scalars(statement))
        if numbers:
            self.leave_out(this, numbers)
        return numbers

    def record_tags(
        self,
        this: PassRecord,
        changes: Mapping[int, TagChanges],
        known: Mapping[int, KnownRepository],
    ) -> None:
        """Record what listings changed, by repository."""
        begun: list[Row] = []
        ended: list[Row] = []
        for number, change in changes.items():
            held = known[number].tags
            begun += [_interval(this, number, one) for one in change.begun]
            moved: list[Row] = [
                {"number": held[one.tag].interval, "at": None, "previous": None}
                for one in change.begun
                if one.tag in held
            ]
            gone: list[Row] = [
                {"number": held[tag].interval, "at": this.at, "previous": known[number].listed_at}
                for tag in change.gone
            ]
            ended += [*moved, *gone]
        end = update(tag_intervals).where(tag_intervals.c.id == bindparam("number"))
        end = end.values(
            gone_at=bindparam("at"), gone_previous_at=bindparam("previous"), closed_in=this.number
        )
        with self.engine.begin() as connection:
            if ended:
                connection.execute(end, ended)
            add_rows(connection, tag_intervals, begun)

    def record_unseen_moves(self, this: PassRecord, moves: Mapping[int, datetime]) -> None:
        """Record newer push times (by tag interval) of tags whose digest is the same."""
        rows: list[Row] = [
            {"tag_interval_id": number, "pushed_at": at, "opened_in": this.number}
            for number, at in moves.items()
        ]
        with self.engine.begin() as connection:
            add_rows(connection, unseen_moves, rows)

    def unresolved(self) -> set[int]:
        """Numbers of repositories whose streams are not up to date with the record.

        A stream points to a digest that is not resolved yet, or tags or scope changed in a pass
        that died before it viewed them.
        """
        pointing = (
            select(streams.c.repository_id)
            .join(bindings, bindings.c.stream_id == streams.c.id)
            .where(
                bindings.c.image_id.is_(None),
                bindings.c.end_at.is_(None),
                bindings.c.superseded_in.is_(None),
            )
        )
        with self.engine.connect() as connection:
            viewed = ended_with(connection, "inventory")
            changed = [
                select(table.c.repository_id).where(
                    or_(table.c.opened_in > viewed, table.c.closed_in > viewed)
                )
                for table in (tag_intervals, repository_scopes)
            ]
            return set(connection.scalars(union(pointing, *changed)))

    def all_numbers(self) -> set[int]:
        """Numbers of all repositories ever recorded."""
        with self.engine.connect() as connection:
            return set(connection.scalars(select(repositories.c.id)))

    def histories(self, numbers: Collection[int]) -> list[RepositoryHistory]:
        """The history of each of these repositories."""
        found: list[RepositoryHistory] = []
        with self.engine.connect() as connection:
            for batch in batches(sorted(numbers)):
                tags = _tags(connection, batch)
                scopes = _scopes(connection, batch)
                statement = (
                    select(repositories)
                    .where(repositories.c.id.in_(batch))
                    .order_by(repositories.c.id)
                )
                found += [
                    RepositoryHistory(
                        row.id,
                        Repository(row.registry, row.path),
                        tuple(tags[row.id]),
                        tuple(scopes[row.id]),
                    )
                    for row in connection.execute(statement)
                ]
        return found

    def resolved(self, digests: Collection[str]) -> dict[str, dict[Platform, PlatformImage]]:
        """Platforms of those manifests that are recorded."""
        found: dict[str, dict[Platform, PlatformImage]] = defaultdict(dict)
        statement = (
            select(
                manifests.c.digest.label("target"),
                images.c.platform,
                images.c.digest,
                images.c.created,
            )
            .join(manifest_images, manifest_images.c.manifest_id == manifests.c.id)
            .join(images, images.c.id == manifest_images.c.image_id)
        )
        with self.engine.connect() as connection:
            for batch in batches(sorted(digests)):
                for row in connection.execute(statement.where(manifests.c.digest.in_(batch))):
                    found[row.target][Platform.parse(row.platform)] = PlatformImage(
                        row.digest, row.created
                    )
        return dict(found)

    def add_manifest(
        self, this: PassRecord, manifest: Manifest, configs: Sequence[ImageConfig]
    ) -> None:
        """Record what a digest stands for."""
        with self.engine.begin() as connection:
            numbers = _numbered_images(connection, this, configs)
            row = {
                "digest": manifest.digest,
                "media_type": manifest.media_type,
                "annotations": dict(manifest.annotations),
                "opened_in": this.number,
            }
            (number,) = add_numbered(connection, manifests, [row])
            links: list[Row] = [{"manifest_id": number, "image_id": image} for image in numbers]
            connection.execute(insert(manifest_images), links)

    def revise_streams(
        self, this: PassRecord, viewed: Mapping[int, Sequence[tuple[Stream, list[Binding]]]]
    ) -> None:
        """Make the recorded streams and bindings of these repositories the given ones."""
        with self.engine.begin() as connection:
            revise_streams(connection, this, viewed)


def _numbered_images(
    connection: Connection, this: PassRecord, configs: Sequence[ImageConfig]
) -> list[int]:
    """Numbers of the images; an index may list one twice, and another index have listed it."""
    wanted = {(config.digest, str(config.platform)): config for config in configs}
    statement = select(images.c.digest, images.c.platform, images.c.id)
    rows = connection.execute(statement.where(images.c.digest.in_([key[0] for key in wanted])))
    held = {(row.digest, row.platform): row.id for row in rows}
    new = [key for key in wanted if key not in held]
    numbers = add_numbered(connection, images, [_image(this, wanted[key]) for key in new])
    held |= dict(zip(new, numbers, strict=True))
    return [held[key] for key in wanted]


def _open_tags(connection: Connection, registry: str) -> dict[int, dict[str, KnownTag]]:
    again = (
        select(unseen_moves.c.tag_interval_id, func.max(unseen_moves.c.pushed_at).label("at"))
        .group_by(unseen_moves.c.tag_interval_id)
        .subquery()
    )
    statement = (
        select(
            tag_intervals.c.id,
            tag_intervals.c.repository_id,
            tag_intervals.c.tag,
            tag_intervals.c.digest,
            func.coalesce(again.c.at, tag_intervals.c.pushed_at).label("pushed_at"),
        )
        .join(repositories, repositories.c.id == tag_intervals.c.repository_id)
        .outerjoin(again, again.c.tag_interval_id == tag_intervals.c.id)
        .where(repositories.c.registry == registry, still_open(tag_intervals))
    )
    found: dict[int, dict[str, KnownTag]] = defaultdict(dict)
    for row in connection.execute(statement):
        found[row.repository_id][row.tag] = KnownTag(row.id, row.digest, row.pushed_at)
    return found


def _tags(connection: Connection, batch: list[int]) -> dict[int, list[TagInterval]]:
    found: dict[int, list[TagInterval]] = defaultdict(list)
    statement = (
        select(tag_intervals)
        .where(tag_intervals.c.repository_id.in_(batch))
        .order_by(tag_intervals.c.id)
    )
    for row in connection.execute(statement):
        found[row.repository_id].append(
            TagInterval(
                row.tag,
                row.digest,
                row.observed_at,
                row.previous_at,
                row.pushed_at,
                row.gone_at,
                row.gone_previous_at,
            )
        )
    return found


def _scopes(connection: Connection, batch: list[int]) -> dict[int, list[Scope]]:
    found: dict[int, list[Scope]] = defaultdict(list)
    statement = select(repository_scopes).where(repository_scopes.c.repository_id.in_(batch))
    for row in connection.execute(statement.order_by(repository_scopes.c.id)):
        found[row.repository_id].append(Scope(row.since, row.until))
    return found


def _interval(this: PassRecord, repository: int, one: TagInterval) -> Row:
    return {
        "repository_id": repository,
        "tag": one.tag,
        "digest": one.digest,
        "observed_at": one.observed_at,
        "previous_at": one.previous_at,
        "pushed_at": one.pushed_at,
        "opened_in": this.number,
    }


def _image(this: PassRecord, config: ImageConfig) -> Row:
    return {
        "digest": config.digest,
        "platform": str(config.platform),
        "created": config.created,
        "diff_ids": list(config.diff_ids),
        "layers": list(config.layers),
        "layer_bytes": config.layer_bytes,
        "labels": dict(config.labels),
        "annotations": dict(config.annotations),
        "opened_in": this.number,
    }
