"""Bringing a database to the schema of this version, by the one chain of migrations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from watcher.domain.errors import StartError

_PACKAGE = Path(__file__).resolve().parents[2]
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
        reason = " ".join(str(error.orig).split())
        shown = engine.url.render_as_string(hide_password=True)
        message = f"the database {shown} cannot be opened: {reason}; see database.url"
        raise StartError(message) from error
    if current is not None and current not in {one.revision for one in script.walk_revisions()}:
        shown = engine.url.render_as_string(hide_password=True)
        raise StartError(
            f"the database {shown} is at migration {current}, newer than this watcher knows "
            f"({wanted}): install the newer watcher, nothing was changed"
        )
    return SchemaState(current, wanted)


def upgrade(engine: Engine) -> None:
    """Bring a database to the wanted revision; raises StartError like `state`."""
    if state(engine).ready:
        return
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StartError(f"the database could not be upgraded: {error}") from error


def _config() -> Config:
    config = Config()
    folder = next((place for place in _PLACES if place.is_dir()), None)
    if folder is None:
        raise StartError(f"the migrations are missing beside {_PACKAGE}: install watcher again")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
