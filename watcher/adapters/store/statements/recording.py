"""What feeds state now made the recorded statements: opened, closed, and never rewritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from watcher.adapters.store.copying import Row
from watcher.adapters.store.rows import add_numbered, add_rows, among, still_open
from watcher.adapters.store.statements.reading import STATEMENT
from watcher.adapters.store.tables.base import kept
from watcher.adapters.store.tables.passes import coverage
from watcher.adapters.store.tables.vex import vex_feeds, vex_statements
from watcher.ports.store.passes import PassRecord
from watcher.ports.store.vex import FeedRead
from watcher.ports.vex import Unread, VexDocument


def record(
    connection: Connection, this: PassRecord, feeds: Mapping[str, FeedRead]
) -> frozenset[int]:
    """Make the statements in force those of the feeds; returns the numbers of those read whole."""
    columns = vex_statements.c.id, vex_statements.c.feed_id, vex_statements.c.location
    statement = select(*columns, vex_statements.c.content).where(still_open(vex_statements))
    held = connection.execute(statement).all()
    if not feeds and not held:
        return frozenset()
    numbers = _numbers(connection, feeds)
    wanted: dict[tuple[int, str], Row] = {}
    untold: dict[int, frozenset[str] | None] = {}  # locations that may still say what they said
    for source, read in feeds.items():
        number = numbers[source]
        untold[number] = None if read is None else _unread(read)
        for row in _rows(this, number, read or ()):
            wanted[number, str(row["content"])] = row
    over: dict[int, list[int]] = {}
    for one in held:
        silent = untold.get(one.feed_id, frozenset())
        may_stand = silent is None or one.location in silent
        if (one.feed_id, one.content) not in wanted and not may_stand:
            over.setdefault(one.feed_id, []).append(one.id)
    _end(connection, this, over)
    standing = {(one.feed_id, one.content) for one in held}
    add_rows(connection, vex_statements, [row for k, row in wanted.items() if k not in standing])
    return frozenset(number for number, silent in untold.items() if silent == frozenset())


def _numbers(connection: Connection, feeds: Mapping[str, FeedRead]) -> dict[str, int]:
    """The numbers of feeds; new ones get theirs."""
    rows = connection.execute(select(vex_feeds).where(among(vex_feeds.c.source, feeds)))
    known = {row.source: row.id for row in rows}
    new = sorted(feeds.keys() - known.keys())
    added = add_numbered(connection, vex_feeds, [{"source": source} for source in new])
    return known | dict(zip(new, added, strict=True))


def _unread(read: FeedRead) -> frozenset[str]:
    return frozenset(kept(one.location) for one in read or () if isinstance(one, Unread))


def _rows(this: PassRecord, feed: int, read: FeedRead) -> Iterator[Row]:
    for document in read or ():
        if isinstance(document, VexDocument):
            yield from _of_document(this, feed, document)


def _of_document(this: PassRecord, feed: int, document: VexDocument) -> Iterator[Row]:
    for one in document.statements:
        if one.stated_at is not None and one.stated_at > this.at:
            continue  # of the future: it counts from the first pass that is not before it
        body: dict[str, Any] = STATEMENT.dump_python(one, mode="json")
        told = json.dumps([document.location, body], sort_keys=True)
        yield {
            "feed_id": feed,
            "location": document.location,
            "sha256": document.sha256,
            "content": hashlib.sha256(told.encode()).hexdigest(),
            "body": body,
            "start_at": this.at,
            "opened_in": this.number,
        }


def _end(connection: Connection, this: PassRecord, over: Mapping[int, list[int]]) -> None:
    """End statements, in doubt since their feed was last read whole."""
    for feed, numbers in over.items():
        seen = _last_read(connection, feed)
        end = update(vex_statements).where(among(vex_statements.c.id, numbers))
        back = seen if seen is not None and seen < this.at else None
        values = {"end_at": this.at, "end_not_before": back, "closed_in": this.number}
        connection.execute(end.values(values))


def _last_read(connection: Connection, feed: int) -> datetime | None:
    of_feed = (coverage.c.stage == "vex") & (coverage.c.subject == feed)
    newest = select(coverage.c.until).where(of_feed).order_by(coverage.c.id.desc()).limit(1)
    return connection.scalar(newest)
