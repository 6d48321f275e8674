"""Which schema a database has: asked by every command, and so without Alembic.

Each migration's file begins with the revision it brings; Alembic keeps the one a database is at in
a table of one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from watcher.adapters.store.engine import shown, unusable
from watcher.domain.errors import StartError

_PACKAGE: Final = Path(__file__).resolve().parents[2]
_PLACES: Final = (_PACKAGE / "_migrations", _PACKAGE.parent / "migrations")


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
    try:
        with engine.connect() as connection:
            current = revision_of(connection)
    except DBAPIError as error:
        raise unusable(engine.url, error) from error
    if current is not None and current not in known:
        raise StartError(
            f"the database {shown(engine.url)} is at migration {current}, newer than this watcher "
            f"knows ({known[-1]}): install the newer watcher, nothing was changed"
        )
    return SchemaState(current, known[-1])


def migrations() -> Path:
    """The folder of the migrations; raises StartError where they are missing."""
    folder = next((place for place in _PLACES if place.is_dir()), None)
    if folder is None:
        raise StartError(f"the migrations are missing beside {_PACKAGE}: install watcher again")
    return folder


def revisions() -> Sequence[str]:
    """Every revision this version knows, the first one first; raises StartError where none is."""
    return sorted(one.name.partition("_")[0] for one in (migrations() / "versions").glob("*_*.py"))


def revision_of(connection: Connection) -> str | None:
    """The revision that a database is at, None where it has no schema."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
