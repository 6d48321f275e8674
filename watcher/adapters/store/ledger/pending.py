"""Which tracks have facts that the ledger has not folded yet.

Every question begins with what was recorded since, by its own index; none begins with all there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Executable,
    Select,
    case,
    func,
    literal,
    null,
    select,
    type_coerce,
    union,
)

from watcher.adapters.store.ledger.renamed import Renamed
from watcher.adapters.store.ledger.unsettled import read_unsettled
from watcher.adapters.store.rows import among, batches, unindexed
from watcher.adapters.store.tables.base import Utc
from watcher.adapters.store.tables.inventory import bindings, streams
from watcher.adapters.store.tables.knowledge import matches, package_coverage, vulnerabilities
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    direct_images,
    package_set_members,
)
from watcher.ports.store.ledger import Track

Asked = Mapping[Track, frozenset[int] | None]  # vulnerabilities by number; None for all

_EVER: Final = datetime(1, 1, 1, tzinfo=UTC)  # before every change
_LASTING: Final = datetime(9999, 12, 31, tzinfo=UTC)
_WHOLE: Final = 100  # tracks whose every fact is in memory at once
_SINGLE: Final = 10_000  # vulnerabilities of single tracks that are folded at once


def pending_tracks(
    connection: Connection, since: int, renamed: Renamed
) -> dict[Track, frozenset[int] | None]:
    """Tracks with facts recorded after pass `since`: vulnerabilities by number, or None for all.

    All are pending where a binding changed, or an image became known; single ones where matches of
    known packages began or ended, or their vulnerability got its published date or another number:
    where the track held such a package then or later, for what was bound before is as it was.
    """
    found: dict[Track, frozenset[int] | None] = {}
    statements: list[Executable] = [_rebound(since), _newly_known(since)]
    if images := _sent_away(connection, since):
        statements.append(_bound().where(among(bindings.c.image_id, images)))
    for statement in statements:
        rows = connection.execute(statement)
        found |= dict.fromkeys(Track(row.stream_id, row.platform) for row in rows)
    single: dict[Track, set[int]] = defaultdict(set)
    by_set = _rematched(connection, since, renamed)
    begun = min((one for each in by_set.values() for one in each.values()), default=_EVER)
    unsettled = read_unsettled(connection, begun) if by_set else frozenset[Track]()
    for row in connection.execute(_holding(by_set)):
        track = Track(row.stream_id, row.platform)
        single[track] |= {
            number
            for number, change in by_set[row.set_id].items()
            if row.held_until >= change or track in unsettled
        }
    single = {track: numbers for track, numbers in single.items() if numbers}
    return {track: frozenset(numbers) for track, numbers in single.items()} | found


def in_batches(changed: Asked) -> Iterator[Asked]:
    """Cut tracks into batches whose facts fit into memory: those folded as a whole, and others."""
    yield from (
        dict.fromkeys(batch)
        for batch in batches(sorted(t for t, numbers in changed.items() if numbers is None), _WHOLE)
    )
    single = iter(sorted(t for t, numbers in changed.items() if numbers is not None))
    batch: dict[Track, frozenset[int] | None] = {}
    size = 0
    for track in single:
        numbers = changed[track] or frozenset()
        if batch and size + len(numbers) > _SINGLE:
            yield batch
            batch, size = {}, 0
        batch[track] = numbers
        size += len(numbers)
    if batch:
        yield batch


def _rebound(since: int) -> CompoundSelect[tuple[int, str]]:
    of_published = select(bindings.c.stream_id, bindings.c.platform).join(
        streams, (streams.c.id == bindings.c.stream_id) & streams.c.published
    )
    recorded = (bindings.c.opened_in, bindings.c.closed_in, bindings.c.superseded_in)
    return union(*(of_published.where(column > since) for column in recorded))


def _newly_known(since: int) -> CompoundSelect[tuple[int, str]]:
    """Tracks with an image of which a package was matched for the first time, or that has none."""
    members, sets = package_set_members.c, catalogue_sets.c
    first = select(package_coverage.c.package_id).where(package_coverage.c.opened_in > since)
    holding = select(members.set_id).where(members.package_id.in_(first))
    # Asked by itself: SQLite would look for each binding whether its image's catalogue is new.
    made = catalogues.alias()
    fresh = select(made.c.id).where(made.c.opened_in > since)
    listing = select(sets.catalogue_id).where(sets.set_id.in_(holding))
    return union(
        _bound().where(catalogues.c.id.in_(fresh)),
        _bound().where(catalogues.c.id.in_(listing)),
    )


def _sent_away(connection: Connection, since: int) -> set[int]:
    """Images that are matched on their own since, or no longer."""
    recorded = (direct_images.c.opened_in, direct_images.c.closed_in)
    image = select(direct_images.c.image_id)
    return set(connection.scalars(union(*(image.where(column > since) for column in recorded))))


def _rematched(
    connection: Connection, since: int, renamed: Renamed
) -> dict[int, dict[int, datetime]]:
    """Vulnerabilities whose matches changed, with since when, by the sets that hold the packages.

    A package matched for the first time is none of them: its images become known, as a whole.
    """
    by_package: dict[int, dict[int, datetime]] = defaultdict(dict)
    for row in connection.execute(_changed(since, renamed.moved)):
        _earliest(
            by_package[row.package_id],
            dict.fromkeys(renamed.concerned(row.vulnerability_id), row.change or _EVER),
        )
    coverage = package_coverage.c
    known = select(coverage.package_id).where(
        among(coverage.package_id, by_package), unindexed(coverage.opened_in) <= since
    )
    long_known = set(connection.scalars(known))
    members = package_set_members.c
    holding = select(members.set_id, members.package_id)
    by_set: dict[int, dict[int, datetime]] = defaultdict(dict)
    for row in connection.execute(holding.where(among(members.package_id, long_known))):
        _earliest(by_set[row.set_id], by_package[row.package_id])
    return by_set


def _earliest(found: dict[int, datetime], told: Mapping[int, datetime]) -> None:
    """Take in since when vulnerabilities changed."""
    for number, change in told.items():
        found[number] = min(change, found.get(number, change))


def _changed(since: int, moved: frozenset[int]) -> CompoundSelect[tuple[int, int, datetime | None]]:
    """Pairs of package and vulnerability, and since when something is otherwise; None: all along.

    A match that began changes nothing before its start, and one that ended nothing before its end.
    """
    one, known = matches.c, vulnerabilities.c
    pair = select(one.package_id, one.vulnerability_id)
    reaches_back = one.first & (known.published < one.dated_at)
    start = case((reaches_back, known.published), else_=one.dated_at)
    end = case((one.end_not_before < one.end_at, one.end_not_before), else_=one.end_at)
    always = pair.add_columns(type_coerce(null(), Utc).label("change"))
    # Of one that is new itself every match is new as well.
    published = select(known.id).where(known.published_in > since, known.opened_in <= since)
    parts = [
        pair.add_columns(type_coerce(start, Utc).label("change"))
        .join(vulnerabilities, known.id == one.vulnerability_id)
        .where(one.opened_in > since),
        pair.add_columns(type_coerce(end, Utc).label("change")).where(one.closed_in > since),
        always.where(one.vulnerability_id.in_(published)),
    ]
    if moved:
        parts.append(always.where(among(one.vulnerability_id, moved)))
    return union(*parts)


def _holding(sets: Iterable[int]) -> Select[tuple[int, str, int, datetime]]:
    """Tracks of published streams by the sets of what they are or were bound to, and until when."""
    sets_of = catalogue_sets.c
    until = func.max(func.coalesce(bindings.c.end_at, literal(_LASTING, Utc)), type_=Utc)
    return (
        _bound()
        .add_columns(sets_of.set_id, until.label("held_until"))
        .join(catalogue_sets, sets_of.catalogue_id == catalogues.c.id)
        .where(among(sets_of.set_id, sets))
        .group_by(bindings.c.stream_id, bindings.c.platform, sets_of.set_id)
    )


def _bound() -> Select[tuple[int, str]]:
    """Tracks of published streams, by the catalogues of what they are or were bound to."""
    return (
        select(bindings.c.stream_id, bindings.c.platform)
        .join(streams, (streams.c.id == bindings.c.stream_id) & streams.c.published)
        .join(catalogues, catalogues.c.image_id == bindings.c.image_id)
        .where(unindexed(bindings.c.superseded_in).is_(None))
    )
