"""The bindings of tracks, each with the tags that it was seen by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, Row, select

from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.grounds.recorded import Marks
from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.inventory import bindings, images, streams, tag_intervals
from watcher.ports.store.grounds import BindingGround, SeenTag
from watcher.ports.store.ledger import Track

Seen = Mapping[tuple[int, str], Sequence[SeenTag]]  # by stream and digest


def read_bound(
    connection: Connection, upto: int, tracks: Collection[Track], marks: Marks
) -> dict[Track, list[tuple[int | None, BindingGround]]]:
    """The bindings of tracks, oldest first, each with its image's number."""
    statement = (
        select(bindings, images.c.digest)
        .outerjoin(images, images.c.id == bindings.c.image_id)
        .where(among(bindings.c.stream_id, {track.stream for track in tracks}))
        .where(visible(bindings, upto))
        .order_by(bindings.c.start_at, bindings.c.id)
    )
    rows = [
        row for row in connection.execute(statement) if Track(row.stream_id, row.platform) in tracks
    ]
    seen = _tags(connection, upto, rows, marks)
    found: dict[Track, list[tuple[int | None, BindingGround]]] = defaultdict(list)
    for row in rows:
        tags = seen.get((row.stream_id, row.target), ())
        one = _binding(row, upto, marks, tags)
        found[Track(row.stream_id, row.platform)].append((row.image_id, one))
    return found


def _binding(
    row: Row[tuple[object, ...]], upto: int, marks: Marks, tags: Sequence[SeenTag]
) -> BindingGround:
    ended = marks.ended(row.closed_in, upto)
    return BindingGround(
        target=row.target,
        image=row.digest,
        start=row.start_at,
        start_not_before=row.start_not_before,
        backfilled=row.backfilled,
        end=row.end_at if ended else None,
        reason=row.reason if ended else None,
        recorded=marks.passes[row.opened_in],
        ended=ended,
        tags=tuple(tags),
    )


def _tags(
    connection: Connection, upto: int, rows: Sequence[Row[tuple[object, ...]]], marks: Marks
) -> Seen:
    """The intervals in which a tag of the stream's repository pointed to a binding's digest."""
    statement = (
        select(
            tag_intervals,
            streams.c.id.label("stream_id"),
            unended(tag_intervals, upto).label("lasts"),
        )
        .join(streams, streams.c.repository_id == tag_intervals.c.repository_id)
        .where(among(streams.c.id, {row.stream_id for row in rows}))
        .where(among(tag_intervals.c.digest, {row.target for row in rows}))
        .where(tag_intervals.c.opened_in <= upto)
        .order_by(tag_intervals.c.observed_at, tag_intervals.c.tag)
    )
    found: dict[tuple[int, str], list[SeenTag]] = defaultdict(list)
    for row in connection.execute(statement):
        gone = None if row.lasts else row.gone_at
        mark = marks.passes[row.opened_in]
        one = SeenTag(row.tag, row.observed_at, row.pushed_at, gone, mark)
        found[row.stream_id, row.digest].append(one)
    return found
