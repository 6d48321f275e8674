"""Which streams go on under another name, found by the image they passed on or by a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import ColumnElement, Connection, Engine, Table, exists, select, tuple_

from watcher.adapters.store.asof import visible
from watcher.adapters.store.engine import among
from watcher.adapters.store.tables.inventory import bindings, repositories, streams
from watcher.adapters.store.tables.ledger import windows
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track
from watcher.ports.store.successions import Renames, Succession

_WITHIN: Final = timedelta(days=30)

Found = dict[Track, tuple[Track, datetime]]  # the heir: whom it succeeds, and since when


@dataclass(frozen=True, slots=True)
class SqlSuccessions:
    """Signs the port `Successions`."""

    engine: Engine

    def succeeded(self, upto: int, renames: Renames) -> list[Succession]:
        """What goes on under another name as recorded by a pass, the oldest first."""
        with self.engine.connect() as connection:
            found = _passed_on(connection, upto)
            if renames:
                found |= _renamed(connection, upto, renames)
            return sorted(
                _windows(connection, found), key=lambda one: (one.since, one.heir, one.from_window)
            )


def _passed_on(connection: Connection, upto: int) -> Found:
    """Streams that began with the image on which another one ended for good."""
    old, new = _also("old"), _also("new")
    statement = (
        select(
            new.c.stream_id,
            new.c.platform,
            new.c.start_at,
            old.c.stream_id.label("before"),
            old.c.end_at,
        )
        .join(new, (new.c.image_id == old.c.image_id) & (new.c.platform == old.c.platform))
        .where(
            old.c.reason != "moved",
            old.c.closed_in <= upto,
            visible(old, upto),
            visible(new, upto),
            new.c.stream_id != old.c.stream_id,
            new.c.start_at >= old.c.start_at,
            ~_another(old, upto, later=True),
            ~_another(new, upto, later=False),
        )
        .order_by(old.c.end_at, old.c.id)
    )
    return {
        Track(row.stream_id, row.platform): (Track(row.before, row.platform), row.start_at)
        for row in connection.execute(statement)
        if row.start_at <= row.end_at + _WITHIN
    }


def _also(name: str) -> Table:
    """Bindings under another name: an alias has all that is asked of a table here."""
    return cast("Table", bindings.alias(name))


def _another(one: Table, upto: int, *, later: bool) -> ColumnElement[bool]:
    """Whether the stream of a binding has another one, later or earlier."""
    other = _also("other")
    apart = other.c.start_at > one.c.start_at if later else other.c.start_at < one.c.start_at
    same = (other.c.stream_id == one.c.stream_id) & (other.c.platform == one.c.platform)
    return exists().where(same, apart, visible(other, upto)).correlate(one)


def _renamed(connection: Connection, upto: int, renames: Renames) -> Found:
    """Streams of repositories that a rule calls renamed, by their names."""
    wanted = {repository for pair in renames for repository in pair}
    statement = (
        select(
            streams.c.id,
            streams.c.by,
            streams.c.name,
            repositories.c.registry,
            repositories.c.path,
            bindings.c.platform,
            bindings.c.start_at,
        )
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .join(bindings, bindings.c.stream_id == streams.c.id)
        .where(
            tuple_(repositories.c.registry, repositories.c.path).in_(
                sorted((one.registry, one.path) for one in wanted)
            ),
            streams.c.published,
            visible(bindings, upto),
        )
        .order_by(bindings.c.start_at.desc())  # the first binding of each is read last, and stays
    )
    by_name: dict[tuple[Repository, str, str, str], tuple[Track, datetime]] = {}
    for row in connection.execute(statement):
        called = (Repository(row.registry, row.path), row.by, row.name, row.platform)
        by_name[called] = (Track(row.id, row.platform), row.start_at)
    found: Found = {}
    for (repository, by, name, platform), (track, _) in by_name.items():
        for target in (target for source, target in renames if source == repository):
            heir = by_name.get((target, by, name, platform))
            if heir is not None:
                found[heir[0]] = (track, heir[1])
    return found


def _windows(connection: Connection, found: Found) -> Iterator[Succession]:
    """The windows of both streams that are of the same vulnerability."""
    tracks = {*found, *(before for before, _ in found.values())}
    by_track = _numbered(connection, tracks)
    for heir, (before, since) in found.items():
        earlier = by_track.get(before, {})
        for vulnerability, number in by_track.get(heir, {}).items():
            if vulnerability in earlier:
                yield Succession(number, earlier[vulnerability], since)


def _numbered(connection: Connection, tracks: Iterable[Track]) -> Mapping[Track, dict[int, int]]:
    wanted = set(tracks)
    found: dict[Track, dict[int, int]] = {track: {} for track in wanted}
    if not wanted:
        return found
    statement = select(windows).where(among(windows.c.stream_id, {one.stream for one in wanted}))
    for row in connection.execute(statement):
        track = Track(row.stream_id, row.platform)
        if track in found:
            found[track][row.vulnerability_id] = row.id
    return found
