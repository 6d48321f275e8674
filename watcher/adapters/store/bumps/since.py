"""Since when exposures have been open, for what plans tell of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from watcher.adapters.store.columns.reading import Ticks, moment, rows, time
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.knowledge import vulnerabilities
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.ports.store.bumps import Since
from watcher.ports.store.ledger import Track


def read_since(connection: Connection, tracks: Collection[Track], names: Collection[str]) -> Since:
    """Since when vulnerabilities of these names have been open in tracks; the others are left out.

    There are many rows and few times, so each time is read once.
    """
    named = select(vulnerabilities.c.id, vulnerabilities.c.name)
    asked = connection.execute(named.where(among(vulnerabilities.c.name, names)))
    called = {row.id: row.name for row in asked}
    known = {(one.stream, one.platform): one for one in tracks}
    statement = (
        select(windows.c.stream_id, windows.c.platform, windows.c.vulnerability_id)
        .add_columns(time(episodes.c.start_at))
        .join(episodes, episodes.c.window_id == windows.c.id)
        .where(episodes.c.end_at.is_(None), episodes.c.superseded_in.is_(None))
        .where(among(windows.c.stream_id, {one.stream for one in tracks}))
        .where(among(unindexed(windows.c.vulnerability_id), called))
    )
    ticks, times = Ticks(), dict[int, datetime]()
    found: dict[str, dict[Track, datetime]] = defaultdict(dict)
    for batch in rows(connection, statement):
        for stream, platform, vulnerability, start in batch:
            track = known.get((stream, platform))
            if track is not None:
                tick = ticks[start]
                if tick not in times:
                    times[tick] = moment(tick)
                found[called[vulnerability]][track] = times[tick]
    return found
