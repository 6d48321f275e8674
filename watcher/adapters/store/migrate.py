"""Bringing a database to the schema of this version, by the one chain of migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from watcher.adapters.store.engine import reason, shown, unusable
from watcher.domain.errors import StartError

_PACKAGE = Path(__file__).resolve().parents[2]
_KEY = 0x736368656D61  # "schema", read as a number
_PLACES = (_PACKAGE / "_migrations", _PACKAGE.parent / "migrations")


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The revision a database is at, and the one this version wants; None: no schema at all."""

    current: str | None
    wanted: str

    @property
    def ready(self) -> bool:
        """Whether nothing is to be done."""
        return self.current == self.wanted


def state(engine: Engine) -> SchemaState:
    """Look at a database; raises StartError where it cannot be reached or is of a newer watcher."""
    known = revisions()
    wanted = known[0]
    try:
        with engine.connect() as connection:
            current = revision_of(connection)
    except DBAPIError as error:
        raise unusable(engine.url, error) from error
    if current is not None and current not in known:
        raise StartError(
            f"the database {shown(engine.url)} is at migration {current}, newer than this watcher "
            f"knows ({wanted}): install the newer watcher, nothing was changed"
        )
    return SchemaState(current, wanted)


def upgrade(engine: Engine) -> None:
    """Bring a database to the wanted revision, wholly or not at all; raises StartError."""
    if state(engine).ready:
        return
    try:
        with engine.connect() as connection, _changing(connection), connection.begin():
            upgrade_within(connection)
            _must_hold_together(connection)
    except (CommandError, DBAPIError) as error:
        raise StartError(
            f"the database {shown(engine.url)} could not be upgraded: {reason(error)}; "
            "nothing was changed"
        ) from error


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Bring a database to a revision inside of a transaction that has written nothing yet."""
    config = _config()
    _alone(connection)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def make(engine: Engine, revision: str) -> None:
    """Give an empty database the schema of a revision, which may be an earlier one."""
    with engine.begin() as connection:
        upgrade_within(connection, revision)


def revision_of(connection: Connection) -> str | None:
    """The revision that a database is at, None where it has no schema."""
    return MigrationContext.configure(connection).get_current_revision()


def revisions() -> list[str]:
    """Every revision that this version knows, the one that it wants first."""
    script = ScriptDirectory.from_config(_config())
    return [one.revision for one in script.walk_revisions()]


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
        raise CommandError(f"a row of {lost[0]} refers to one of {lost[2]} that is not there")


def _alone(connection: Connection) -> None:
    """Let one upgrade run at a time, and on SQLite in one transaction like anywhere else."""
    if connection.dialect.name == "sqlite":
        # Its driver commits each statement that changes the schema, unless told to begin.
        connection.execute(text("BEGIN IMMEDIATE"))
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _KEY})


def _config() -> Config:
    config = Config()
    folder = next((place for place in _PLACES if place.is_dir()), None)
    if folder is None:
        raise StartError(f"the migrations are missing beside {_PACKAGE}: install watcher again")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
