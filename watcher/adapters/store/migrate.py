"""Bringing a database to the schema of this version, by the one chain of migrations."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from watcher.adapters.store.engine import reason, shown
from watcher.adapters.store.schema import migrations, state
from watcher.domain.errors import StartError

_KEY = 0x736368656D61  # "schema", read as a number


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
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    return config
