"""Over which samples an image was known: catalogued, matched, and not found to differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, Select, func, or_, select

from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.inventory import bindings
from watcher.adapters.store.tables.knowledge import package_coverage
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    direct_images,
    package_set_members,
    packages,
)
from watcher.adapters.store.views.sampling.freshness import Fresh
from watcher.adapters.store.views.sampling.moments import Moments, Range

_NEVER = 1 << 31  # behind every pass


@dataclass(frozen=True, slots=True)
class _Catalogue:
    number: int
    opened: int
    direct: bool
    differs_from: int  # the pass from which on its audit had found differences


@dataclass(frozen=True, slots=True)
class ImagesKnown:
    """What is recorded of images that streams pointed to.

    `matched` gives catalogues from when on all their packages were matched, where that was late;
    `contexts` those of the contexts that were ever stale.
    """

    moments: Moments
    fresh: Fresh
    catalogues: Mapping[int, Sequence[_Catalogue]]
    alone: Mapping[int, Sequence[Range]]  # samples at which an image was matched on its own
    matched: Mapping[int, int]
    contexts: Mapping[int, frozenset[int]]

    def good(self, image: int | None, over: Range) -> Iterator[Range]:
        """The samples among some at which an image was known."""
        told = self.catalogues.get(image, ()) if image is not None else ()
        if not told:
            return
        only = told[0]
        plain = len(told) == 1 and image not in self.alone and only.differs_from == _NEVER
        if plain and only.number not in self.contexts:
            since = self.moments.since(max(only.opened, self.matched.get(only.number, 0)))
            if max(since, over[0]) < over[1]:
                yield max(since, over[0]), over[1]
            return
        places = range(*over)
        for good, run in groupby(places, key=lambda place: self._is_known(image or 0, place)):
            if good:
                first, *more = run
                yield first, (more[-1] if more else first) + 1

    def _is_known(self, image: int, place: int) -> bool:
        number = self.moments.numbers[place]
        alone = any(begin <= place < end for begin, end in self.alone.get(image, ()))
        made = [one for one in self.catalogues[image] if one.opened <= number]
        if not made:
            return False
        last = max(made, key=lambda one: (one.direct and alone, one.number))
        return (
            (last.direct or not alone)
            and self.matched.get(last.number, 0) <= number
            and last.differs_from > number
            and self.contexts.get(last.number, frozenset()).isdisjoint(self.fresh.stale[place])
        )


def read_images_known(connection: Connection, moments: Moments, fresh: Fresh) -> ImagesKnown:
    """Read of images that streams pointed to at some sample when they were known."""
    found: dict[int, list[_Catalogue]] = defaultdict(list)
    one = catalogues.c
    statement = select(
        one.image_id, one.id, one.opened_in, one.direct, one.audited_in, one.differences
    ).where(one.image_id.in_(bound_images(moments)), unindexed(one.opened_in) <= moments.last)
    for image, number, opened, direct, audited, differences in connection.execute(
        statement.order_by(one.id)
    ):
        differs = audited if differences and audited is not None else _NEVER
        found[image].append(_Catalogue(number, opened, direct, differs))
    alone: dict[int, list[Range]] = defaultdict(list)
    sent = direct_images.c
    for image, opened, closed in connection.execute(
        select(sent.image_id, sent.opened_in, sent.closed_in)
    ):
        alone[image].append(moments.recorded(opened, closed))
    stale = frozenset[int]().union(*fresh.stale)
    contexts = _contexts(connection, moments, stale) if stale else {}
    return ImagesKnown(moments, fresh, found, alone, matched_late(connection, moments), contexts)


def bound_images(moments: Moments) -> Select[tuple[int | None]]:
    """Images that something pointed to at some sample."""
    one = bindings.c
    return select(one.image_id).where(
        unindexed(one.opened_in) <= moments.last,
        or_(unindexed(one.closed_in).is_(None), unindexed(one.closed_in) > moments.first),
        or_(unindexed(one.superseded_in).is_(None), unindexed(one.superseded_in) > moments.first),
    )


def matched_late(connection: Connection, moments: Moments) -> dict[int, int]:
    """Since when all packages of catalogues were matched, where that was after the first sample."""
    first = func.min(package_coverage.c.opened_in)
    late = (
        select(packages.c.id, first)
        .outerjoin(package_coverage, package_coverage.c.package_id == packages.c.id)
        .where(packages.c.left_out.is_(None))
        .group_by(packages.c.id)
        .having(or_(first.is_(None), first > moments.first))
    )
    since = {number: opened or _NEVER for number, opened in connection.execute(late)}
    members, sets = package_set_members.c, catalogue_sets.c
    holding = select(members.set_id, members.package_id).where(among(members.package_id, since))
    of_set: dict[int, int] = {}
    for number, package in connection.execute(holding):
        of_set[number] = max(of_set.get(number, 0), since[package])
    listing = select(sets.catalogue_id, sets.set_id).where(among(sets.set_id, of_set))
    found: dict[int, int] = {}
    for catalogue, number in connection.execute(listing):
        found[catalogue] = max(found.get(catalogue, 0), of_set[number])
    return found


def _contexts(
    connection: Connection, moments: Moments, stale: frozenset[int]
) -> dict[int, frozenset[int]]:
    """Which of some contexts the catalogues of images have packages of."""
    members, sets = package_set_members.c, catalogue_sets.c
    statement = (
        select(sets.catalogue_id, packages.c.context_id)
        .join(catalogues, catalogues.c.id == sets.catalogue_id)
        .join(package_set_members, members.set_id == sets.set_id)
        .join(packages, packages.c.id == members.package_id)
        .where(packages.c.left_out.is_(None), among(packages.c.context_id, stale))
        .where(catalogues.c.image_id.in_(bound_images(moments)))
        .distinct()
    )
    found: dict[int, set[int]] = defaultdict(set)
    for catalogue, context in connection.execute(statement):
        found[catalogue].add(context)
    return {number: frozenset(held) for number, held in found.items()}
