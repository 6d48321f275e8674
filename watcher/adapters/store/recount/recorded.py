"""The episodes of tracks as the ledger has them after a given pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, Row, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.ledger.affected import read_sets
from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.domain.interval import Bound
from watcher.ports.store.ledger import Track
from watcher.ports.store.recount import EpisodeClocks, RecordedEpisode


def read_recorded(
    connection: Connection, upto: int, tracks: Collection[Track]
) -> dict[Track, dict[int, list[RecordedEpisode]]]:
    """Episodes by track and vulnerability, oldest first."""
    wanted = frozenset(tracks)
    found: dict[Track, dict[int, list[RecordedEpisode]]] = defaultdict(dict)
    statement = (
        select(episodes, windows.c.stream_id, windows.c.platform, windows.c.vulnerability_id)
        .join(windows, windows.c.id == episodes.c.window_id)
        .where(among(windows.c.stream_id, {track.stream for track in wanted}))
        .where(visible(episodes, upto))
        .order_by(episodes.c.start_at, episodes.c.id)
    )
    rows = [row for row in connection.execute(statement) if _track(row) in wanted]
    sets = read_sets(connection, {row.affected_id for row in rows} - {None})
    for row in rows:
        told = _episode(row, upto, sets)
        found[_track(row)].setdefault(row.vulnerability_id, []).append(told)
    return found


def _track(row: Row[tuple[object, ...]]) -> Track:
    return Track(row.stream_id, row.platform)


def _episode(
    row: Row[tuple[object, ...]], upto: int, sets: Mapping[int, frozenset[int]]
) -> RecordedEpisode:
    """Read an episode's row; an end that was recorded later does not count."""
    ended = row.closed_in is not None and row.closed_in <= upto
    return RecordedEpisode(
        Bound(row.start_at, row.start_not_before, row.backfilled),
        Bound(row.end_at, row.end_not_before) if ended else None,
        row.cause if ended else None,
        None
        if row.affected_id is None
        else EpisodeClocks(row.present_at, row.known_at, sets[row.affected_id], row.resumes),
    )
