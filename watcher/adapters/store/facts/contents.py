"""What images contain; a list of which something was never matched is not known yet.

An image may have had several lists, one after another. Until the next one is known the one before
goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Connection, exists, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.catalogues.direct import believed
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
    lists = _lists(connection, upto, images)
    sets = frozenset[int]().union(*(one.sets for held in lists.values() for one in held))
    unknown = _unknown(connection, upto, sets)
    members = _members(connection, upto, sets, asked)
    known = {
        image: [one for one in held if unknown.isdisjoint(one.sets)]
        for image, held in lists.items()
    }
    return {image: _contents(held, members) for image, held in known.items() if held}


@dataclass(frozen=True, slots=True)
class _List:
    """A catalogue: since when it counts, and its sets; one without packages has none."""

    since: datetime
    sets: set[int] = field(default_factory=set)


def _contents(held: Sequence[_List], members: Mapping[int, set[int]]) -> tuple[Content, ...]:
    """One list after another: the first one reaches back, the last one goes on."""
    bounds = [None, *(one.since for one in held[1:]), None]
    return tuple(
        Content(frozenset[int]().union(*(members[one] for one in listed.sets)), since, until)
        for listed, (since, until) in zip(held, pairwise(bounds), strict=True)
    )


def _lists(connection: Connection, upto: int, images: Collection[int]) -> dict[int, list[_List]]:
    """The lists of images that are believed, oldest first."""
    found: dict[int, dict[int, _List]] = {}
    statement = (
        select(
            catalogues.c.id, catalogues.c.image_id, catalogues.c.applied_at, catalogue_sets.c.set_id
        )
        .outerjoin(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
        .where(among(catalogues.c.image_id, images), visible(catalogues, upto), believed(upto))
        .order_by(catalogues.c.id)
    )
    for row in connection.execute(statement).all():
        listed = found.setdefault(row.image_id, {}).setdefault(row.id, _List(row.applied_at))
        if row.set_id is not None:
            listed.sets.add(row.set_id)
    return {image: list(held.values()) for image, held in found.items()}


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
    for row in connection.execute(statement).all():
        found[row.set_id].add(row.package_id)
    return found
