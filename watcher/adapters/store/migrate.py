"""Bringing a database to the schema of this version, by the one chain of migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from watcher.adapters.store.engine import reason, shown
from watcher.adapters.store.schema import migrations, state
from watcher.domain.errors import StartError

_KEY = 0x736368656D61  # "schema", read as a number


class _RefusedError(Exception):
    """A migration that cannot be made, and why."""


def upgrade(engine: Engine) -> None:
    """Bring a database to the wanted revision, wholly or not at all; raises StartError."""
    if state(engine).ready:
        return
    try:
        with engine.connect() as connection, _changing(connection), connection.begin():
            upgrade_within(connection)
            _must_hold_together(connection)
    except (_RefusedError, DBAPIError) as error:
        raise StartError(
            f"the database {shown(engine.url)} could not be upgraded: {reason(error)}; "
            "nothing was changed"
        ) from error


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Bring a database to a revision inside of a transaction that has written nothing yet."""
    # To load Alembic takes a tenth of what a command takes to start, and nearly none needs it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    config.attributes["connection"] = connection
    _alone(connection)
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise _RefusedError(str(error)) from error


def make(engine: Engine, revision: str) -> None:
    """Give an empty database the schema of a revision, which may be an earlier one."""
    with engine.begin() as connection:
        upgrade_within(connection, revision)


@contextmanager
def _changing(connection: Connection) -> Iterator[None]:
    """Let SQLite replace a table that others refer to, which is how it changes a column.

    It would delete the old table's rows one by one otherwise, and refuse. Outside of transactions
    only can it be told.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    (before,) = connection.exec_driver_sql("PRAGMA foreign_keys").one()
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.rollback()
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA foreign_keys = {before}")


def _must_hold_together(connection: Connection) -> None:
    """Refuse a schema whose rows refer to none; what SQLite would have said at once otherwise."""
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if lost is not None:
        raise _RefusedError(f"a row of {lost[0]} refers to one of {lost[2]} that is not there")


def _alone(connection: Connection) -> None:
    """Let one upgrade run at a time, and on SQLite in one transaction like anywhere else."""
    if connection.dialect.name == "sqlite":
        # Its driver commits each statement that changes the schema, unless told to begin.
        connection.execute(text("BEGIN IMMEDIATE"))
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _KEY})
