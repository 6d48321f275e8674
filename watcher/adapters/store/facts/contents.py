"""What images contain; an image of which something was never matched is not known yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, exists, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.knowledge import matches, package_coverage
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    package_set_members,
    packages,
)
from watcher.domain.exposure import Content


def read_contents(
    connection: Connection, upto: int, images: Collection[int], asked: frozenset[int] | None
) -> Mapping[int, tuple[Content, ...]]:
    """The contents of those images that are known; of packages asked for, where not all are."""
    sets_of = _sets(connection, upto, images)
    sets = frozenset[int]().union(*sets_of.values())
    unknown = _unknown(connection, upto, sets)
    members = _members(connection, upto, sets, asked)
    return {
        image: (Content(frozenset[int]().union(*(members[one] for one in held))),)
        for image, held in sets_of.items()
        if unknown.isdisjoint(held)
    }


def _sets(connection: Connection, upto: int, images: Collection[int]) -> dict[int, set[int]]:
    """The package sets of catalogued images; one without packages has none."""
    found: dict[int, set[int]] = {}
    statement = (
        select(catalogues.c.image_id, catalogue_sets.c.set_id)
        .outerjoin(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
        .where(among(catalogues.c.image_id, images), catalogues.c.not_covered.is_(None))
        .where(visible(catalogues, upto))
    )
    for row in connection.execute(statement):
        held = found.setdefault(row.image_id, set())
        if row.set_id is not None:
            held.add(row.set_id)
    return found


def _unknown(connection: Connection, upto: int, sets: Collection[int]) -> frozenset[int]:
    """Those sets that have a package which is to be matched and never was by then."""
    members = package_set_members.c
    ever = exists().where(
        package_coverage.c.package_id == members.package_id, visible(package_coverage, upto)
    )
    left_out = exists().where(packages.c.id == members.package_id, packages.c.left_out.is_not(None))
    statement = select(members.set_id).where(among(members.set_id, sets), ~ever, ~left_out)
    return frozenset(connection.scalars(statement.distinct()))


def _members(
    connection: Connection, upto: int, sets: Collection[int], asked: frozenset[int] | None
) -> Mapping[int, set[int]]:
    """Packages by set: all, or those that ever matched what is asked for."""
    members = package_set_members.c
    statement = select(members.set_id, members.package_id).where(among(members.set_id, sets))
    if asked is not None:
        matched = select(matches.c.package_id).where(visible(matches, upto))
        matched = matched.where(among(matches.c.vulnerability_id, asked))
        statement = statement.where(unindexed(members.package_id).in_(matched))
    found: dict[int, set[int]] = defaultdict(set)
    for row in connection.execute(statement):
        found[row.set_id].add(row.package_id)
    return found
