"""Streams and their bindings as rows: a view of tags, revised and never rewritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from watcher.adapters.store.doubts import revise_doubts
from watcher.adapters.store.engine import Row, add_numbered, add_rows, batches
from watcher.adapters.store.tables.inventory import bindings, images, streams
from watcher.domain.interval import Revision, revise
from watcher.domain.stream import Binding, Stream
from watcher.ports.store.passes import PassRecord

Viewed = Mapping[int, Sequence[tuple[Stream, list[Binding]]]]
Opening = tuple[
    int | None, str, datetime, datetime | None, bool
]  # image, target, and the start's bound
Ending = tuple[datetime, datetime | None, str | None]  # the end's bound, and the reason
Track = tuple[int, str]
# Repository, kind, name, and whether it is published: a base that becomes published, or the other
# way round, is another stream of the same name, so that its exposure begins or ends.
Name = tuple[int, str, str, bool]


def revise_streams(connection: Connection, this: PassRecord, viewed: Viewed) -> None:
    """Make the recorded streams and bindings of these repositories the given ones."""
    numbers = _numbered_streams(connection, this, viewed)
    image_numbers = _image_numbers(connection, viewed)
    wanted: dict[Track, list[tuple[Opening, Ending | None]]] = defaultdict(list)
    for repository, members in viewed.items():
        for stream, bound in members:
            for one in bound:
                track = (numbers[_name(repository, stream)], str(one.platform or ""))
                wanted[track].append(_row_of(one, image_numbers))
    recorded = _recorded(connection, set(numbers.values()))
    revised = {
        track: revise(recorded.get(track, {}), wanted.get(track, []))
        for track in sorted(wanted.keys() | recorded.keys())
    }
    _apply(connection, this, revised)


def _numbered_streams(connection: Connection, this: PassRecord, viewed: Viewed) -> dict[Name, int]:
    held: dict[Name, int] = {}
    for batch in batches(sorted(viewed)):
        for row in connection.execute(select(streams).where(streams.c.repository_id.in_(batch))):
            held[row.repository_id, row.by, row.name, row.published] = row.id
    wanted = {
        _name(repository, one): one.not_covered
        for repository, members in viewed.items()
        for one, _ in members
    }
    new = [name for name in wanted if name not in held]
    numbers = add_numbered(connection, streams, [_stream_row(name) for name in new])
    held |= dict(zip(new, numbers, strict=True))
    revise_doubts(connection, this, {held[name]: reason for name, reason in wanted.items()})
    return held


def _name(repository: int, one: Stream) -> Name:
    return repository, one.by, one.name, one.published


def _stream_row(name: Name) -> Row:
    repository, by, told, published = name
    return {"repository_id": repository, "by": by, "name": told, "published": published}


def _image_numbers(connection: Connection, viewed: Viewed) -> dict[tuple[str, str], int]:
    digests = {
        one.image
        for members in viewed.values()
        for _, bound in members
        for one in bound
        if one.image
    }
    found: dict[tuple[str, str], int] = {}
    for batch in batches(sorted(digests)):
        statement = select(images.c.digest, images.c.platform, images.c.id).where(
            images.c.digest.in_(batch)
        )
        found |= {(row.digest, row.platform): row.id for row in connection.execute(statement)}
    return found


def _row_of(
    one: Binding, image_numbers: Mapping[tuple[str, str], int]
) -> tuple[Opening, Ending | None]:
    image = image_numbers[one.image, str(one.platform)] if one.image else None
    opening = (image, one.target, one.start.at, one.start.not_before, one.start.backfilled)
    return opening, (one.end.at, one.end.not_before, one.reason) if one.end else None


def _recorded(
    connection: Connection, numbers: Iterable[int]
) -> dict[Track, dict[int, tuple[Opening, Ending | None]]]:
    found: dict[Track, dict[int, tuple[Opening, Ending | None]]] = defaultdict(dict)
    for batch in batches(sorted(numbers)):
        statement = select(bindings).where(
            bindings.c.stream_id.in_(batch), bindings.c.superseded_in.is_(None)
        )
        for row in connection.execute(statement):
            opening = (row.image_id, row.target, row.start_at, row.start_not_before, row.backfilled)
            ending = (row.end_at, row.end_not_before, row.reason) if row.end_at else None
            found[row.stream_id, row.platform][row.id] = (opening, ending)
    return found


def _apply(
    connection: Connection,
    this: PassRecord,
    revised: Mapping[Track, Revision[Opening, Ending]],
) -> None:
    """Write what changed on all tracks, in as many statements as one of them would take."""
    for batch in batches(number for one in revised.values() for number in one.supersede):
        outdated = update(bindings).where(bindings.c.id.in_(batch))
        connection.execute(outdated.values(superseded_in=this.number))
    ends = [
        {"number": number, "at": at, "not_before": back, "why": why}
        for one in revised.values()
        for number, (at, back, why) in one.close
    ]
    if ends:
        end = update(bindings).where(bindings.c.id == bindparam("number"))
        end = end.values(
            end_at=bindparam("at"),
            end_not_before=bindparam("not_before"),
            reason=bindparam("why"),
            closed_in=this.number,
        )
        connection.execute(end, ends)
    new = [_new(this, track, *pair) for track, one in revised.items() for pair in one.add]
    add_rows(connection, bindings, new)


def _new(this: PassRecord, track: Track, opening: Opening, ending: Ending | None) -> Row:
    at, not_before, reason = ending or (None, None, None)
    return {
        "stream_id": track[0],
        "platform": track[1],
        "image_id": opening[0],
        "target": opening[1],
        "start_at": opening[2],
        "start_not_before": opening[3],
        "backfilled": opening[4],
        "end_at": at,
        "end_not_before": not_before,
        "reason": reason,
        "opened_in": this.number,
        "closed_in": this.number if ending else None,
    }
