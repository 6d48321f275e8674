"""The matches of packages in images, each with the versions of knowledge that bound it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, Row, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.grounds.recorded import Marks
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.inventory import images
from watcher.adapters.store.tables.knowledge import matches
from watcher.adapters.store.tables.packages import catalogue_sets, catalogues, package_set_members
from watcher.ports.store.grounds import MatchGround


def read_matched(
    connection: Connection,
    upto: int,
    numbers: Collection[int],
    vulnerabilities: Collection[int],
    marks: Marks,
) -> dict[tuple[int, int], list[MatchGround]]:
    """Matches by image and vulnerability, oldest first."""
    members = package_set_members.c
    held = (
        select(catalogues.c.image_id, images.c.digest, members.package_id, members.purl)
        .join(images, images.c.id == catalogues.c.image_id)
        .join(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
        .join(package_set_members, members.set_id == catalogue_sets.c.set_id)
        .where(among(catalogues.c.image_id, numbers), visible(catalogues, upto))
        .distinct()
        .subquery("held")
    )
    statement = (
        select(matches, held.c.image_id, held.c.digest, held.c.purl)
        .join(held, held.c.package_id == matches.c.package_id)
        .where(among(unindexed(matches.c.vulnerability_id), vulnerabilities))
        .where(visible(matches, upto))
        .order_by(matches.c.id, held.c.purl)
    )
    found: dict[tuple[int, int], list[MatchGround]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.image_id, row.vulnerability_id].append(_match(row, upto, marks))
    return found


def _match(row: Row[tuple[object, ...]], upto: int, marks: Marks) -> MatchGround:
    ended = marks.ended(row.closed_in, upto)
    return MatchGround(
        image=row.digest,
        purl=row.purl,
        dated_at=row.dated_at,
        end=row.end_at if ended else None,
        first=marks.versions[row.first_knowledge],
        lacked_by=marks.version(row.lacked_by),
        ended_by=marks.version(row.ended_by) if ended else None,
        recorded=marks.passes[row.opened_in],
    )
