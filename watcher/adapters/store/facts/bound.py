"""What tracks pointed to, as it stood recorded after a pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, Row, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.inventory import bindings, images
from watcher.domain.interval import Bound
from watcher.domain.reference import Platform
from watcher.domain.stream import Binding
from watcher.ports.store.ledger import Track


def read_bindings(
    connection: Connection, upto: int, tracks: Collection[Track]
) -> dict[Track, list[tuple[Binding, int | None]]]:
    """The bindings of tracks, oldest first, each with its image's number."""
    found: dict[Track, list[tuple[Binding, int | None]]] = defaultdict(list)
    statement = (
        select(bindings, images.c.digest)
        .outerjoin(images, images.c.id == bindings.c.image_id)
        .where(among(bindings.c.stream_id, {track.stream for track in tracks}))
        .where(visible(bindings, upto))
        .order_by(bindings.c.start_at, bindings.c.id)
    )
    for row in connection.execute(statement):
        track = Track(row.stream_id, row.platform)
        if track in tracks:
            found[track].append((_binding(row, upto), row.image_id))
    return found


def _binding(row: Row[tuple[object, ...]], upto: int) -> Binding:
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
