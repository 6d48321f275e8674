"""Rows of holders: from packages to the images that hold them, and the streams that point there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.catalogues.direct import shown
from watcher.adapters.store.catalogues.newest import newest
from watcher.adapters.store.engine import batches
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.inventory import bindings, images, repositories, streams
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    package_set_members,
)
from watcher.adapters.store.views.find.sought import Sought
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import Holding, ListedPackage, stream_name

_MEMBERS = package_set_members


def read_held(
    connection: Connection, sought: Iterable[Sought], upto: int, *only: ColumnElement[bool]
) -> list[Holding]:
    """Whoever holds what is sought; with conditions on bindings, those of few streams."""
    return _last_each(chain.from_iterable(_read(connection, one, upto, *only) for one in sought))


def _read(
    connection: Connection, sought: Sought, upto: int, *only: ColumnElement[bool]
) -> Iterator[Holding]:
    # Of few bindings it is asked what they have; else of packages, what has them.
    package = unindexed(_MEMBERS.c.package_id) if only else _MEMBERS.c.package_id
    for batch in batches(sought.numbers):
        statement = _holders(upto).where(among(package, batch), *only)
        for row in connection.execute(statement):
            listed = sought.listed.get((row.package_id, row.purl))
            if listed is not None:
                yield _holding(row, listed, sought.vulnerability, upto)


def _last_each(held: Iterable[Holding]) -> list[Holding]:
    """Each holding once, in the order of the port.

    An image may be bound again: what counts is whether it is now, else when last.
    """
    found: dict[tuple[object, ...], Holding] = {}
    for one in held:
        key = (one.track, one.image, one.package.purl, one.vulnerability)
        if key not in found or _recency(found[key]) < _recency(one):
            found[key] = one
    return sorted(found.values(), key=_order)


def _recency(one: Holding) -> tuple[bool, float]:
    return one.until is None, (one.until or one.since).timestamp()


def _order(one: Holding) -> tuple[object, ...]:
    return (
        one.until is not None,
        one.stream,
        one.track.platform,
        -one.since.timestamp(),
        one.package.purl,
        one.vulnerability or "",
    )


def _holders(upto: int) -> Select[tuple[object, ...]]:
    return (
        select(
            _MEMBERS.c.package_id,
            _MEMBERS.c.purl,
            images.c.digest,
            bindings.c.stream_id,
            bindings.c.platform,
            bindings.c.start_at,
            bindings.c.end_at,
            bindings.c.closed_in,
            streams.c.by,
            streams.c.name,
            repositories.c.registry,
            repositories.c.path,
        )
        .join(catalogue_sets, catalogue_sets.c.set_id == _MEMBERS.c.set_id)
        .join(catalogues, catalogues.c.id == catalogue_sets.c.catalogue_id)
        .join(images, images.c.id == catalogues.c.image_id)
        .join(bindings, bindings.c.image_id == images.c.id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(visible(catalogues, upto), shown(upto), newest(upto))
        .where(visible(bindings, upto), streams.c.published)
        .distinct()
    )


def _holding(
    row: Row[tuple[object, ...]], listed: ListedPackage, vulnerability: str | None, upto: int
) -> Holding:
    ended = row.closed_in is not None and row.closed_in <= upto
    repository = Repository(row.registry, row.path)
    return Holding(
        track=Track(row.stream_id, row.platform),
        stream=stream_name(repository, row.by, row.name),
        repository=repository,
        image=row.digest,
        package=listed,
        vulnerability=vulnerability,
        since=row.start_at,
        until=row.end_at if ended else None,
    )
