"""Which tracks have facts that the ledger has not folded yet."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Column, ColumnElement, Connection, Select, or_, select

from watcher.adapters.store.tables.inventory import bindings, streams
from watcher.adapters.store.tables.knowledge import matches, package_coverage, vulnerabilities
from watcher.adapters.store.tables.packages import catalogue_sets, catalogues, package_set_members
from watcher.ports.store.ledger import Track


def pending_tracks(connection: Connection, since: int) -> dict[Track, frozenset[int] | None]:
    """Tracks with facts recorded after pass `since`: vulnerabilities by number, or None for all.

    All are pending where a binding changed, or an image became known; single ones where matches of
    known packages began or ended, or their vulnerability got its published date.
    """
    whole: set[Track] = set()
    for statement in (_rebound(since), _newly_known(since)):
        whole |= {Track(row.stream_id, row.platform) for row in connection.execute(statement)}
    single: dict[Track, set[int]] = defaultdict(set)
    for row in connection.execute(_rematched(since)):
        track = Track(row.stream_id, row.platform)
        if track not in whole:
            single[track].add(row.vulnerability_id)
    return {
        **dict.fromkeys(whole),
        **{track: frozenset(numbers) for track, numbers in single.items()},
    }


def _recorded_after(since: int, *columns: Column[int]) -> ColumnElement[bool]:
    return or_(*(column > since for column in columns))


def _published() -> ColumnElement[bool]:
    """The condition that a binding is one of a published stream, and not of a base."""
    return bindings.c.stream_id.in_(select(streams.c.id).where(streams.c.published))


def _rebound(since: int) -> Select[tuple[int, str]]:
    changed = _recorded_after(
        since, bindings.c.opened_in, bindings.c.closed_in, bindings.c.superseded_in
    )
    return select(bindings.c.stream_id, bindings.c.platform).where(changed, _published()).distinct()


def _newly_known(since: int) -> Select[tuple[int, str]]:
    """Tracks with an image of which a package was matched for the first time, or that has none."""
    joined = (
        select(catalogue_sets.c.catalogue_id)
        .join(package_set_members, package_set_members.c.set_id == catalogue_sets.c.set_id)
        .join(package_coverage, package_coverage.c.package_id == package_set_members.c.package_id)
        .where(package_coverage.c.opened_in > since)
    )
    return (
        select(bindings.c.stream_id, bindings.c.platform)
        .join(catalogues, catalogues.c.image_id == bindings.c.image_id)
        .where(or_(catalogues.c.opened_in > since, catalogues.c.id.in_(joined)))
        .where(bindings.c.superseded_in.is_(None), _published())
        .distinct()
    )


def _rematched(since: int) -> Select[tuple[int, str, int]]:
    changed = _recorded_after(
        since, matches.c.opened_in, matches.c.closed_in, vulnerabilities.c.published_in
    )
    long_known = select(package_coverage.c.package_id).where(package_coverage.c.opened_in <= since)
    sets = (
        select(package_set_members.c.set_id, matches.c.vulnerability_id)
        .join(matches, matches.c.package_id == package_set_members.c.package_id)
        .join(vulnerabilities, vulnerabilities.c.id == matches.c.vulnerability_id)
        .where(changed, matches.c.package_id.in_(long_known))
        .distinct()
        .subquery()
    )
    return (
        select(bindings.c.stream_id, bindings.c.platform, sets.c.vulnerability_id)
        .join(catalogues, catalogues.c.image_id == bindings.c.image_id)
        .join(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
        .join(sets, sets.c.set_id == catalogue_sets.c.set_id)
        .where(bindings.c.superseded_in.is_(None), _published())
        .distinct()
    )
