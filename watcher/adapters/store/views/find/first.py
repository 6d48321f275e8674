"""The first of those who hold something, and how many do: without reading each of them.

Lists of packages are shared by images, so few lists lead to all streams that hold a package.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice

from sqlalchemy import ColumnElement, Connection, select

from watcher.adapters.store.asof import standing, unended, visible
from watcher.adapters.store.catalogues.direct import shown
from watcher.adapters.store.catalogues.newest import newest
from watcher.adapters.store.engine import batches
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.inventory import bindings, repositories, streams
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    package_set_members,
)
from watcher.adapters.store.views.find.holders import read_held
from watcher.adapters.store.views.find.sought import Sought, read_sought
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import FirstHoldings, Holding, Search, stream_name

_TOGETHER = 100  # streams whose holdings are read at once
_MANY = 500  # lists

Named = dict[Track, str]


def read_first_holdings(
    connection: Connection,
    wanted: Search,
    upto: int,
    at_most: int,
    seen: Collection[int] | None = None,
) -> FirstHoldings:
    """The first so many of `read_holdings`, of some streams, and every stream that holds it now."""
    sought = read_sought(connection, wanted, upto)
    sets = _sets(connection, sought)
    of_seen = () if seen is None else (among(bindings.c.stream_id, seen),)
    now = _tracks(connection, sets, upto, standing(bindings, upto), *of_seen)
    held = _in_order(
        now, lambda of: read_held(connection, sought, upto, of, standing(bindings, upto))
    )
    found = list(islice(held, at_most + 1))
    if len(found) <= at_most:
        ended = ~unended(bindings, upto)
        before = _tracks(connection, sets, upto, visible(bindings, upto), ended, *of_seen)
        held = _in_order(before, lambda of: read_held(connection, sought, upto, of))
        left_behind = (one for one in held if one.until is not None)
        found += islice(left_behind, at_most + 1 - len(found))
    current = frozenset((name, track.platform) for track, name in now.items())
    return FirstHoldings(found[:at_most], current, more=len(found) > at_most)


def _sets(connection: Connection, sought: Iterable[Sought]) -> set[int]:
    """The lists that hold what is sought."""
    one, found = package_set_members.c, set[int]()
    keys = sorted({key for each in sought for key in each.listed})
    for batch in batches(keys):
        of = among(one.package_id, {number for number, _ in batch})
        statement = select(one.set_id).where(of, among(one.purl, {purl for _, purl in batch}))
        found |= set(connection.scalars(statement.distinct()))
    return found


def _tracks(
    connection: Connection, sets: Collection[int], upto: int, *only: ColumnElement[bool]
) -> Named:
    """The tracks whose images have one of some lists, with the names of their streams."""
    # Few lists lead to few images; with many, it is less to look at what each image has.
    of_list = catalogue_sets.c.set_id if len(sets) < _MANY else unindexed(catalogue_sets.c.set_id)
    statement = (
        select(bindings.c.stream_id, bindings.c.platform)
        .add_columns(repositories.c.registry, repositories.c.path, streams.c.by, streams.c.name)
        .join(catalogues, catalogues.c.image_id == bindings.c.image_id)
        .join(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(among(of_list, sets), streams.c.published, *only)
        .where(visible(catalogues, upto), shown(upto), newest(upto))
        .distinct()
    )
    return {
        Track(stream, platform): stream_name(Repository(registry, path), by, name)
        for stream, platform, registry, path, by, name in connection.execute(statement)
    }


def _in_order(
    tracks: Named, held: Callable[[ColumnElement[bool]], list[Holding]]
) -> Iterator[Holding]:
    """What is held in tracks, by the names of their streams; some streams at a time."""
    names = {track.stream: name for track, name in tracks.items()}
    in_order = sorted(names, key=names.__getitem__)
    for begin in range(0, len(in_order), _TOGETHER):
        yield from held(among(bindings.c.stream_id, in_order[begin : begin + _TOGETHER]))
