"""The database as commands find it: its address, its schema, its size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine

from watcher.adapters.store import backup, migrate, schema
from watcher.adapters.store.backup import Manifest
from watcher.adapters.store.engine import shown
from watcher.adapters.store.schema import SchemaState
from watcher.domain.errors import StartError


@dataclass(frozen=True, slots=True)
class Database:
    """A database that may be missing, old, or ready."""

    engine: Engine

    @property
    def address(self) -> str:
        """Where it is, without its password."""
        return shown(self.engine.url)

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database; None for a server, or one in memory."""
        name = self.engine.url.database
        in_file = self.engine.dialect.name == "sqlite" and name and name != ":memory:"
        return Path(name) if in_file and name else None

    @property
    def size(self) -> int | None:
        """How many bytes the file has, with what is not written back into it yet."""
        if self.file is None:
            return None
        parts = (self.file, self.file.with_name(f"{self.file.name}-wal"))
        return sum(part.stat().st_size for part in parts if part.exists())

    def state(self) -> SchemaState:
        """Look at the schema; a file that is not there is not made by looking at it.

        Raises StartError where the database cannot be reached, is of a newer watcher, or lies in a
        folder that does not exist.
        """
        if self.file is None or self.file.exists():
            return schema.state(self.engine)
        self._look_for_the_folder(self.file)
        empty = create_engine("sqlite://")
        try:
            return schema.state(empty)
        finally:
            empty.dispose()

    def upgrade(self) -> SchemaState:
        """Bring the schema to this version's; raises StartError like `state`."""
        migrate.upgrade(self.engine)
        return self.state()

    def back_up(self, file: Path, now: datetime) -> Manifest:
        """Write a verified backup into a new file; raises UsageError, StartError."""
        self._look_for_a_schema()
        return backup.back_up(self.engine, file, now)

    def restore(self, file: Path, scratch: Path) -> Manifest:
        """Fill an empty database with a backup; raises UsageError, StartError.

        `scratch` is a folder for a copy of the backup, for as long as it takes.
        """
        if self.file is not None:
            self._look_for_the_folder(self.file)
        return backup.restore(self.engine, file, scratch)

    def require(self, *, own_upgrade: bool) -> None:
        """Make sure that the schema is this version's; an SQLite file may be upgraded for it.

        Raises StartError that says what to run.
        """
        found = self.state()
        if found.ready:
            return
        if own_upgrade and self.engine.dialect.name == "sqlite":
            self.upgrade()
            return
        if found.current is None:
            self._look_for_a_schema()
        raise StartError(
            f"the database {self.address} is at migration {found.current}, this watcher needs "
            f"{found.wanted}: run `watcher db upgrade`"
        )

    def _look_for_a_schema(self) -> None:
        """Raise StartError where there is no database yet, or an empty one."""
        if self.state().current is not None:
            return
        if self.file is not None and not self.file.exists():
            raise StartError(
                f"there is no database at {self.file.absolute()}: run `watcher {self._first()}`, "
                "or correct database.url if it should be elsewhere"
            )
        raise StartError(f"the database {self.address} is empty: run `watcher {self._first()}`")

    def _look_for_the_folder(self, file: Path) -> None:
        folder = file.absolute().parent
        if not folder.is_dir():
            raise StartError(
                f"the database {self.address} cannot be made: {folder} is no folder: make it, or "
                "correct database.url"
            )

    def _first(self) -> str:
        return "sync" if self.engine.dialect.name == "sqlite" else "db upgrade"
