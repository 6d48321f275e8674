"""Opening the database, and the habits all queries share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from watcher.domain.errors import StartError, UsageError

Item = TypeVar("Item")
Row = dict[str, object]

# The one driver of each backend that is installed with watcher, by the names people write.
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_RUINED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BATCH = 500  # values in one IN list: SQLite takes 32,766 variables, planners prefer fewer
_BUSY_MILLISECONDS = 30_000


def open_engine(url: str) -> Engine:
    """Open a database by its URL; raises UsageError where the URL is none of ours."""
    parsed = _parsed(url)
    engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "handle_error", _explain)
    return engine


def unusable(url: URL, error: DBAPIError) -> StartError:
    """What to say of a database that is away, full, locked, read-only or none at all."""
    return StartError(
        f"the database {shown(url)} cannot be used: {reason(error)}; see database.url"
    )


def reason(error: BaseException) -> str:
    """What a database says of an error, on one line."""
    return " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())


def shown(url: URL) -> str:
    """A database's URL as a message may show it: passwords stand before the host or behind `?`."""
    return url.set(query={}).render_as_string(hide_password=True)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError(
            "database.url is not a database URL; try sqlite:///watcher.db or "
            "postgresql+psycopg://user@host/name"
        ) from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise UsageError(
            f"database.url begins with {parsed.drivername}: watcher keeps its facts in "
            "sqlite:///… or postgresql+psycopg://…"
        )
    if driver == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise UsageError(
            "database.url names no file, so every fact would be forgotten; try sqlite:///watcher.db"
        )
    return parsed.set(drivername=driver)


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
    if connection.dialect.name == "sqlite":
        # It returns numbers in order only row by row; as the one writer we can count ourselves.
        first = (connection.scalar(select(func.max(table.c.id))) or 0) + 1
        counted = [{"id": number, **row} for number, row in enumerate(rows, first)]
        connection.execute(insert(table), counted)
        return list(range(first, first + len(rows)))
    if connection.dialect.name == "sqlite":
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        return [row.id for row in connection.execute(statement, rows)]
    # Asked for first, the numbers let the rows go in one stream: eight times as fast.
    sequence = func.pg_get_serial_sequence(table.name, table.c.id.name)
    reserved = select(func.nextval(sequence)).select_from(func.generate_series(1, len(rows)))
    numbers = list(connection.scalars(reserved))
    add_rows(
        connection, table, [{**row, "id": one} for row, one in zip(rows, numbers, strict=True)]
    )
    return numbers


def still_open(table: Table) -> ColumnElement[bool]:
    """The condition that a recorded interval has not ended."""
    return table.c.closed_in.is_(None)


def _explain(context: ExceptionContext) -> None:
    """Say what no program can mend in words for whoever keeps the database."""
    error, code = context.sqlalchemy_exception, _sqlite_code(context.original_exception)
    # SQLite files a wrong statement under the same head: that is a defect, and stays one.
    outside = isinstance(error, OperationalError) and code != sqlite3.SQLITE_ERROR
    if isinstance(error, DBAPIError) and (outside or code in _RUINED) and context.engine:
        raise unusable(context.engine.url, error) from error


def _sqlite_code(error: BaseException) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


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
