"""Episodes in columns: what had not ended by a time, and what platforms unite with that."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import compress
from typing import Any, Final, get_args

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.columns.reading import Ticks, fill, rows, ticks, time
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.inventory import bindings
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.adapters.store.tables.passes import passes
from watcher.domain.exposure import Cause
from watcher.ports.store.columns import EpisodeColumns

_CAUSES: Final[dict[str | None, int]] = {
    None: 0,
    **{cause: number for number, cause in enumerate(get_args(Cause), 1)},
}


def read_episodes(
    connection: Connection,
    upto: int,
    reach: datetime,
    whole: Collection[int],
    seen: Collection[int] | None = None,
) -> EpisodeColumns:
    """Every episode that had not ended by a time, as it stood recorded after a fold.

    Streams on several platforms come with what else was told of the same vulnerability, since
    episodes of platforms unite that overlap; windows whose clocks went on, and those asked for as a
    whole, with all their episodes.
    """
    found = EpisodeColumns()
    reader = _Reader(connection, upto, found)
    of_seen = () if seen is None else (among(windows.c.stream_id, seen),)
    reader.take(_told(upto).where(or_(*_lasting(upto, reach)), *of_seen))
    early = _early(found, _several(connection, upto), ticks(reach))
    numbers = _windows(connection, early) if early else set()
    numbers |= set(compress(found.window, found.resumes)) | (set(whole) & set(found.window))
    if numbers:
        ended = (~one for one in _lasting(upto, reach))
        reader.take(_told(upto).where(among(windows.c.id, numbers), *ended))
    return found


def _lasting(upto: int, reach: datetime) -> Iterator[ColumnElement[bool]]:
    """Any of these: it lasts, ended later, or was not yet known to have ended.

    No index is asked for: of a few years a third is wanted, and that is read fastest in one go.
    """
    yield func.coalesce(episodes.c.end_at > reach, True)
    yield func.coalesce(unindexed(episodes.c.closed_in) > upto, True)


def _told(upto: int) -> Select[tuple[Any, ...]]:
    one = episodes.c
    known = one.closed_in <= upto
    superseded = unindexed(one.superseded_in)
    return (
        select(
            one.window_id,
            windows.c.stream_id,
            windows.c.platform,
            windows.c.vulnerability_id,
            time(one.start_at),
            time(case((known, one.end_at))),
            case((known, one.cause)),
            one.backfilled,
            one.detected_in,
            func.coalesce(one.affected_id, 0),
            time(one.known_at),
            time(one.present_at),
            func.coalesce(one.resumes, False),
            one.affected_id.is_not(None),
        )
        .join(windows, windows.c.id == one.window_id)
        .where(unindexed(one.opened_in) <= upto, or_(superseded.is_(None), superseded > upto))
    )


class _Reader:
    """Takes episodes into columns."""

    def __init__(self, connection: Connection, upto: int, found: EpisodeColumns) -> None:
        self._connection = connection
        self._found = found
        made = connection.execute(select(passes.c.id, passes.c.at).where(passes.c.id <= upto))
        self._made = {number: ticks(at) for number, at in made}
        self._places = _Places(found.platforms)
        self._ticks = Ticks()

    def take(self, statement: Select[tuple[Any, ...]]) -> None:
        """Take in what a statement tells."""
        one, time_of, place_of = self._found, self._ticks.__getitem__, self._places.__getitem__
        columns = (
            *(one.window, one.stream, one.platform, one.vulnerability, one.start, one.end),
            *(one.cause, one.backfilled, one.detected, one.affected, one.known, one.present),
            *(one.resumes, one.clocked),
        )
        converts = (
            *(None, None, place_of, None, time_of, time_of, _CAUSES.__getitem__),
            *(None, self._made.__getitem__, None, time_of, time_of, None, None),
        )
        for found in rows(self._connection, statement):
            fill(columns, found, converts)


class _Places(dict[str, int]):
    """The place of each name in a list, to which new ones are added."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, name: str) -> int:
        self._names.append(name)
        self[name] = len(self._names) - 1
        return self[name]


def _several(connection: Connection, upto: int) -> set[int]:
    """Streams that were ever on several platforms."""
    statement = (
        select(bindings.c.stream_id)
        .where(visible(bindings, upto))
        .group_by(bindings.c.stream_id)
        .having(func.count(bindings.c.platform.distinct()) > 1)
    )
    return set(connection.scalars(statement))


def _early(found: EpisodeColumns, several: Collection[int], reach: int) -> set[tuple[int, int]]:
    """Streams and vulnerabilities of which a platform may have told before."""
    if not several:
        return set()
    told = zip(found.stream, found.vulnerability, found.start, strict=True)
    return {(stream, flaw) for stream, flaw, start in told if stream in several and start <= reach}


def _windows(connection: Connection, early: Collection[tuple[int, int]]) -> set[int]:
    """The windows of these streams and vulnerabilities, on whatever platform."""
    statement = select(windows.c.id, windows.c.stream_id, windows.c.vulnerability_id).where(
        among(windows.c.stream_id, {stream for stream, _ in early}),
        among(unindexed(windows.c.vulnerability_id), {flaw for _, flaw in early}),
    )
    rows = connection.execute(statement)
    return {number for number, stream, flaw in rows if (stream, flaw) in early}
