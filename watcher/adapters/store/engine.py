"""Opening the database, and what is said where it cannot be used."""

from __future__ import annotations

import sqlite3
import time

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor, ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from watcher.adapters.store.copying import Row, teach_copying
from watcher.adapters.store.rows import add_numbered, add_rows, among, batches, still_open
from watcher.domain.errors import StartError, UsageError

__all__ = [
    "Row",
    "add_numbered",
    "add_rows",
    "among",
    "batches",
    "open_engine",
    "reason",
    "shown",
    "still_open",
    "unusable",
]

# The one driver of each backend that is installed with watcher, by the names people write.
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_RUINED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_READ_ONLY = "25006"  # what a standby says; the driver files it under internal errors
_BUSY_MILLISECONDS = 30_000
_STALLED_MILLISECONDS = 300_000
_TRIES, _PAUSE = 100, 0.05  # seconds


def open_engine(url: str) -> Engine:
    """Open a database by its URL; raises UsageError where the URL is none of ours."""
    parsed = _parsed(url)
    engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        teach_copying(engine)
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


def _explain(context: ExceptionContext) -> None:
    """Say what no program can mend in words for whoever keeps the database."""
    error, code = context.sqlalchemy_exception, _sqlite_code(context.original_exception)
    # SQLite files a wrong statement under the same head: that is a defect, and stays one.
    lost = isinstance(error, OperationalError) or context.is_disconnect
    outside = lost and code != sqlite3.SQLITE_ERROR
    outside = outside or getattr(context.original_exception, "sqlstate", None) == _READ_ONLY
    if isinstance(error, DBAPIError) and (outside or code in _RUINED) and context.engine:
        raise unusable(context.engine.url, error) from error


def _sqlite_code(error: BaseException) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 0")
    _keep_a_log(cursor)
    for pragma in (
        "synchronous = NORMAL",
        "foreign_keys = ON",
        f"busy_timeout = {_BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _keep_a_log(cursor: DBAPICursor) -> None:
    """Let a file be written ahead; who finds another one at just that need wait a moment alone.

    SQLite waits for nobody there, whatever its timeout is.
    """
    for tries_left in reversed(range(_TRIES)):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if _sqlite_code(error) != sqlite3.SQLITE_BUSY or not tries_left:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _prepare_postgresql(connection: DBAPIConnection, _record: object) -> None:
    """Let the server take back what a process that is stuck in a transaction keeps from others."""
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = {_STALLED_MILLISECONDS}")
    cursor.close()
    connection.commit()
