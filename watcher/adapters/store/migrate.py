"""Bringing a database to the schema of this version, by the one chain of migrations."""

from __future__ import annotations

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
    script = ScriptDirectory.from_config(_config())
    wanted = script.get_current_head() or ""
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise unusable(engine.url, error) from error
    if current is not None and current not in {one.revision for one in script.walk_revisions()}:
        raise StartError(
            f"the database {shown(engine.url)} is at migration {current}, newer than this watcher "
            f"knows ({wanted}): install the newer watcher, nothing was changed"
        )
    return SchemaState(current, wanted)


def upgrade(engine: Engine) -> None:
    """Bring a database to the wanted revision, wholly or not at all; raises StartError."""
    if state(engine).ready:
        return
    config = _config()
    try:
        with engine.begin() as connection:
            _alone(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (CommandError, DBAPIError) as error:
        raise StartError(
            f"the database {shown(engine.url)} could not be upgraded: {reason(error)}; "
            "nothing was changed"
        ) from error


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
