"""Every track that the ledger could tell of: with bindings, or with windows alone."""

from __future__ import annotations

from sqlalchemy import Connection, select, union

from watcher.adapters.store.asof import visible
from watcher.adapters.store.tables.inventory import bindings, repositories, streams
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.adapters.store.views.history import named_track
from watcher.ports.store.browsing import NamedTrack


def read_tracks(connection: Connection, upto: int) -> list[NamedTrack]:
    """The tracks of published streams with bindings or episodes after a pass."""
    told = select(windows.c.stream_id, windows.c.platform).join(
        episodes, episodes.c.window_id == windows.c.id
    )
    bound = select(bindings.c.stream_id, bindings.c.platform)
    tracks = union(bound.where(visible(bindings, upto)), told.where(visible(episodes, upto)))
    track = tracks.subquery("tracks")
    statement = (
        select(
            track.c.stream_id,
            track.c.platform,
            streams.c.by,
            streams.c.name,
            streams.c.published,
            repositories.c.registry,
            repositories.c.path,
        )
        .join(streams, streams.c.id == track.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(streams.c.published)
    )
    found = [named_track(row) for row in connection.execute(statement)]
    return sorted(found, key=lambda one: (one.repository, one.by, one.name, one.track.platform))
