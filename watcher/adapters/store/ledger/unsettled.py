"""Tracks of which more may change than what they are bound to says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Select, exists, or_, select, union

from watcher.adapters.store.aliases import LAST
from watcher.adapters.store.catalogues.direct import believed
from watcher.adapters.store.tables.inventory import bindings, streams
from watcher.adapters.store.tables.knowledge import package_coverage
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    package_set_members,
    packages,
)
from watcher.ports.store.ledger import Track


def read_unsettled(connection: Connection, since: datetime) -> frozenset[Track]:
    """Tracks that got an image at or after a time, or point to one that is not known yet.

    Over what is not known, what was bound before goes on, however long ago that ended.
    """
    one = bindings.c
    track = (
        select(one.stream_id, one.platform)
        .join(streams, (streams.c.id == one.stream_id) & streams.c.published)
        .where(one.superseded_in.is_(None))
    )
    # Each by an index of its own: together they would be sought from end to end.
    lasting = (
        track.where(one.end_at.is_(None)),
        track.where(one.end_at.is_not(None), one.end_at >= since),
    )
    listed = exists().where(catalogues.c.image_id == one.image_id, believed(LAST))
    unmatched = (
        select(catalogues.c.image_id)
        .join(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
        .join(package_set_members, package_set_members.c.set_id == catalogue_sets.c.set_id)
        .where(package_set_members.c.package_id.in_(_never_matched()))
    )
    rows = connection.execute(
        union(
            track.where(one.start_at >= since),
            *(each.where(or_(one.image_id.is_(None), ~listed)) for each in lasting),
            *(each.where(one.image_id.in_(unmatched)) for each in lasting),
        )
    )
    return frozenset(Track(row.stream_id, row.platform) for row in rows)


def _never_matched() -> Select[tuple[int]]:
    """Packages that are to be matched and never were."""
    ever = exists().where(package_coverage.c.package_id == packages.c.id)
    return select(packages.c.id).where(packages.c.left_out.is_(None), ~ever)
