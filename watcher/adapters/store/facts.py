"""The facts under the ledger, read for a batch of tracks as they stood after a given pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, Row, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.engine import batches
from watcher.adapters.store.tables.inventory import bindings, images
from watcher.adapters.store.tables.knowledge import matches, package_coverage, vulnerabilities
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    package_set_members,
    packages,
)
from watcher.domain.exposure import Content, Held
from watcher.domain.interval import Bound
from watcher.domain.knowledge import Known, Match, Run, match_interval
from watcher.domain.reference import Platform
from watcher.domain.stream import Binding
from watcher.ports.store.ledger import Track, TrackFacts

_KNOWN = ("published", "published_in", "in_db_at")


@dataclass(frozen=True, slots=True)
class Facts:
    """Bindings by track, contents by image, matches by package and vulnerability."""

    bindings: Mapping[Track, list[tuple[Binding, int | None]]]
    contents: Mapping[int, tuple[Content, ...]]
    matches: Mapping[int, Mapping[int, list[Match]]]

    def of(self, track: Track, asked: frozenset[int] | None) -> TrackFacts:
        """The facts of one track, for the vulnerabilities asked for; None: for all."""
        history = tuple(
            Held(binding, self.contents.get(image, ()) if image is not None else ())
            for binding, image in self.bindings.get(track, [])
        )
        held = frozenset[int]().union(*(c.packages for one in history for c in one.contents))
        found: dict[int, dict[int, list[Match]]] = defaultdict(dict)
        for package in held & self.matches.keys():
            for number, dated in self.matches[package].items():
                if asked is None or number in asked:
                    found[number][package] = dated
        return TrackFacts(track, history, found, asked)


def read_facts(
    connection: Connection, upto: int, asked: Mapping[Track, frozenset[int] | None]
) -> Facts:
    """Read all that folding these tracks needs, as it stood recorded after pass `upto`."""
    bound = _bindings(connection, upto, asked.keys())
    images_bound = {
        image for history in bound.values() for _, image in history if image is not None
    }
    contents = _contents(connection, upto, images_bound)
    held = frozenset[int]().union(*(c.packages for one in contents.values() for c in one))
    single = None
    if None not in asked.values():
        single = frozenset[int]().union(*(numbers for numbers in asked.values() if numbers))
    return Facts(bound, contents, _matches(connection, upto, held, single))


def _bindings(
    connection: Connection, upto: int, tracks: Collection[Track]
) -> dict[Track, list[tuple[Binding, int | None]]]:
    found: dict[Track, list[tuple[Binding, int | None]]] = defaultdict(list)
    for batch in batches(sorted({track.stream for track in tracks})):
        statement = (
            select(bindings, images.c.digest)
            .outerjoin(images, images.c.id == bindings.c.image_id)
            .where(bindings.c.stream_id.in_(batch), visible(bindings, upto))
            .order_by(bindings.c.start_at, bindings.c.id)
        )
        for row in connection.execute(statement):
            track = Track(row.stream_id, row.platform)
            if track in tracks:
                found[track].append((binding_of(row, upto), row.image_id))
    return found


def binding_of(row: Row[tuple[object, ...]], upto: int) -> Binding:
    """Read a binding's row; an end that was recorded later does not count."""
    ended = row.closed_in is not None and row.closed_in <= upto
    return Binding(
        platform=Platform.parse(row.platform) if row.platform else None,
        image=row.digest,
        target=row.target,
        start=Bound(row.start_at, row.start_not_before, row.backfilled),
        end=Bound(row.end_at, row.end_not_before) if ended else None,
        reason=row.reason if ended else None,
    )


def _contents(
    connection: Connection, upto: int, numbers: Iterable[int]
) -> dict[int, tuple[Content, ...]]:
    """What images contain; an image with a package that was never matched is not known yet."""
    sets_of: dict[int, set[int]] = {}
    for batch in batches(sorted(numbers)):
        statement = (
            select(catalogues.c.image_id, catalogue_sets.c.set_id)
            .outerjoin(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
            .where(catalogues.c.image_id.in_(batch), catalogues.c.not_covered.is_(None))
            .where(visible(catalogues, upto))
        )
        for row in connection.execute(statement):
            members = sets_of.setdefault(row.image_id, set())
            if row.set_id is not None:
                members.add(row.set_id)
    known = _members(
        connection, upto, {number for members in sets_of.values() for number in members}
    )
    return {
        image: (Content(frozenset[int]().union(*(known[one] for one in members))),)
        for image, members in sets_of.items()
        if members <= known.keys()
    }


def _members(connection: Connection, upto: int, sets: Iterable[int]) -> dict[int, frozenset[int]]:
    """Matched packages by set, for those sets of which every package to be matched was."""
    found: dict[int, set[int]] = {}
    unknown: set[int] = set()
    covered = select(package_coverage.c.package_id).where(visible(package_coverage, upto))
    ever = covered.distinct().subquery()
    for batch in batches(sorted(sets)):
        found |= {number: set() for number in batch}
        statement = (
            select(
                package_set_members.c.set_id,
                package_set_members.c.package_id,
                ever.c.package_id.label("matched"),
            )
            .join(packages, packages.c.id == package_set_members.c.package_id)
            .outerjoin(ever, ever.c.package_id == packages.c.id)
            .where(package_set_members.c.set_id.in_(batch), packages.c.left_out.is_(None))
        )
        for row in connection.execute(statement):
            found[row.set_id].add(row.package_id)
            if row.matched is None:
                unknown.add(row.set_id)
    return {
        number: frozenset(members) for number, members in found.items() if number not in unknown
    }


def _matches(
    connection: Connection, upto: int, held: Iterable[int], asked: frozenset[int] | None
) -> dict[int, dict[int, list[Match]]]:
    found: dict[int, dict[int, list[Match]]] = defaultdict(dict)
    dated = lru_cache(maxsize=None)(match_interval)
    for batch in batches(sorted(held)):
        statement = (
            select(matches, *(vulnerabilities.c[name] for name in _KNOWN))
            .join(vulnerabilities, vulnerabilities.c.id == matches.c.vulnerability_id)
            .where(matches.c.package_id.in_(batch), visible(matches, upto))
            .order_by(matches.c.id)
        )
        for row in connection.execute(statement):
            if asked is None or row.vulnerability_id in asked:
                match = dated(_run(row, upto), _known(row, upto))
                found[row.package_id].setdefault(row.vulnerability_id, []).append(match)
    return found


def _run(row: Row[tuple[object, ...]], upto: int) -> Run:
    ended = row.closed_in is not None and row.closed_in <= upto
    return Run(
        vulnerability=row.vulnerability_id,
        first=row.first,
        dated=Bound(row.dated_at, row.dated_not_before) if row.dated_at else None,
        end=Bound(row.end_at, row.end_not_before) if ended else None,
        end_cause=row.end_cause if ended else None,
    )


def _known(row: Row[tuple[object, ...]], upto: int) -> Known:
    recorded = row.published_in is not None and row.published_in <= upto
    return Known(row.published if recorded else None, row.in_db_at)
