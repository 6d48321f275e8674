"""Statements read from their rows, as they stood recorded after a pass."""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.tables.vex import vex_feeds, vex_statements
from watcher.domain.interval import Bound
from watcher.domain.vex import Statement
from watcher.ports.store.vex import RecordedStatement

STATEMENT = TypeAdapter(Statement)


def read_statements(connection: Connection, upto: int) -> list[RecordedStatement]:
    """Every statement recorded by a pass, whether it was still in force or not."""
    statement = (
        select(vex_statements, vex_feeds.c.source)
        .join(vex_feeds, vex_feeds.c.id == vex_statements.c.feed_id)
        .where(visible(vex_statements, upto))
        .order_by(vex_statements.c.id)
    )
    return [_read(row, upto) for row in connection.execute(statement)]


def _read(row: Row[tuple[object, ...]], upto: int) -> RecordedStatement:
    ended = row.closed_in is not None and row.closed_in <= upto
    return RecordedStatement(
        number=row.id,
        feed=row.source,
        location=row.location,
        sha256=row.sha256,
        statement=STATEMENT.validate_python(row.body),
        start=Bound(row.start_at),
        end=Bound(row.end_at, row.end_not_before) if ended else None,
    )
