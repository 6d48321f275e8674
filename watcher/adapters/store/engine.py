"""Opening the database, and the habits all queries share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Table, create_engine, event, insert
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError

from watcher.domain.errors import UsageError

Item = TypeVar("Item")
Row = dict[str, object]

_BATCH = 500  # values in one IN list: SQLite takes 32,766 variables, planners prefer fewer
_BUSY_MILLISECONDS = 30_000


def open_engine(url: str) -> Engine:
    """Open a database by its URL; raises UsageError where the URL is none of ours."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError(
            f"database.url is not a database URL: {error}; try sqlite:///watcher.db"
        ) from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        name = parsed.get_backend_name()
        raise UsageError(
            f"database.url names {name}: watcher keeps its facts in SQLite or PostgreSQL"
        )
    engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def batches(items: Iterable[Item], size: int = _BATCH) -> Iterator[list[Item]]:
    """Cut items into lists of bounded length."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def add_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert many rows."""
    if rows:
        connection.execute(insert(table), rows)


def add_numbered(connection: Connection, table: Table, rows: Sequence[Row]) -> list[int]:
    """Insert many rows and return their numbers in the same order."""
    if not rows:
        return []
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [row.id for row in connection.execute(statement, rows)]


def still_open(table: Table) -> ColumnElement[bool]:
    """The condition that a recorded interval has not ended."""
    return table.c.closed_in.is_(None)


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        f"busy_timeout = {_BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
