"""The record of images that are matched on their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from watcher.adapters.store.catalogues.recording import add_catalogue
from watcher.adapters.store.catalogues.sets import numbered_contexts, numbered_sets
from watcher.adapters.store.lock import one_at_a_time
from watcher.adapters.store.rows import among, still_open
from watcher.adapters.store.tables.inventory import bindings, images, repositories, streams
from watcher.adapters.store.tables.knowledge import context_runs
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    contexts,
    direct_images,
    package_set_members,
    packages,
)
from watcher.adapters.store.writing import writing
from watcher.domain.package import Catalogue, Package, direct_context
from watcher.domain.reference import Repository
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.directs import Direct, DirectList
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlDirects:
    """Signs the port `Directs`."""

    engine: Engine

    def bound(self) -> list[Direct]:
        """Those that a stream points to now, each digest once."""
        with self.engine.connect() as connection:
            return _bound(connection)

    def listed(
        self, this: PassRecord, digest: str, origin: CatalogueOrigin, catalogue: Catalogue
    ) -> DirectList:
        """Make a scan's list that of every image of a digest; where it is, nothing is recorded."""
        with writing(self.engine, this) as connection:
            one_at_a_time(connection, "catalogues")
            # An image that holds nothing has its context all the same: it is matched, and clean.
            numbered_contexts(connection, {direct_context(digest)})
            sets = numbered_sets(connection, this, catalogue.occurrences)
            for image in _images(connection, digest):
                if not _stands(connection, image, origin, sets):
                    add_catalogue(connection, this, image, origin, catalogue, sets, direct=True)
            context, last_version = _contexts(connection, [digest])[digest]
            return DirectList(context, last_version, _packages(connection, sets))


def _bound(connection: Connection) -> list[Direct]:
    statement = (
        select(images.c.digest, images.c.layer_bytes, repositories.c.registry, repositories.c.path)
        .join(direct_images, direct_images.c.image_id == images.c.id)
        .join(bindings, bindings.c.image_id == images.c.id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(still_open(direct_images))
        .where(bindings.c.end_at.is_(None), bindings.c.superseded_in.is_(None))
        .order_by(images.c.digest, repositories.c.id.desc())
    )
    found = {
        row.digest: Direct(Repository(row.registry, row.path), row.digest, row.layer_bytes)
        for row in connection.execute(statement)
    }
    matched = _contexts(connection, found)
    return [
        Direct(one.repository, digest, one.layer_bytes, *matched.get(digest, (None, None)))
        for digest, one in found.items()
    ]


def _contexts(
    connection: Connection, digests: Collection[str]
) -> Mapping[str, tuple[int, int | None]]:
    """The contexts of digests, each with the last version under which it was matched."""
    names = {direct_context(digest): digest for digest in digests}
    statement = (
        select(contexts.c.name, contexts.c.id, func.max(context_runs.c.knowledge_id).label("last"))
        .outerjoin(context_runs, context_runs.c.context_id == contexts.c.id)
        .where(among(contexts.c.name, names))
        .group_by(contexts.c.name, contexts.c.id)
    )
    rows = connection.execute(statement)
    return {names[row.name]: (row.id, row.last) for row in rows}


def _images(connection: Connection, digest: str) -> list[int]:
    statement = select(images.c.id).join(direct_images, direct_images.c.image_id == images.c.id)
    statement = statement.where(images.c.digest == digest, still_open(direct_images))
    return list(connection.scalars(statement.order_by(images.c.id)))


def _stands(
    connection: Connection, image: int, origin: CatalogueOrigin, sets: Sequence[int]
) -> bool:
    """Whether the last direct list of an image is this one."""
    newest = select(catalogues.c.id, catalogues.c.scanner)
    newest = newest.where(catalogues.c.image_id == image, catalogues.c.direct)
    row = connection.execute(newest.order_by(catalogues.c.id.desc()).limit(1)).first()
    if row is None or row.scanner != origin.scanner:
        return False
    links = select(catalogue_sets.c.set_id).where(catalogue_sets.c.catalogue_id == row.id)
    return sorted(connection.scalars(links)) == sorted(sets)


def _packages(connection: Connection, sets: Sequence[int]) -> dict[int, Package]:
    statement = (
        select(packages, contexts.c.name.label("context"))
        .join(contexts, contexts.c.id == packages.c.context_id)
        .join(package_set_members, package_set_members.c.package_id == packages.c.id)
        .where(among(package_set_members.c.set_id, sets))
    )
    return {
        row.id: Package(row.context, row.identity, row.name, row.version, row.attributes)
        for row in connection.execute(statement)
    }
