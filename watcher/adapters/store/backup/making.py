"""Taking a backup from one snapshot of a database, while others go on writing to it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from watcher import __version__
from watcher.adapters.store import migrate
from watcher.adapters.store.backup.half import half_of, opened, put_in_place
from watcher.adapters.store.backup.manifest import Manifest, contents
from watcher.adapters.store.backup.portable import carry, tables_of
from watcher.adapters.store.backup.verifying import verified
from watcher.adapters.store.engine import reason, shown
from watcher.adapters.store.schema import revision_of
from watcher.domain.errors import StartError, UsageError


def back_up(engine: Engine, file: Path, now: datetime) -> Manifest:
    """Write a backup of a database and verify it; returns its manifest.

    Raises UsageError where the file is there already or cannot be written, StartError where the
    database has no schema or fails under way. Then there is no file.
    """
    if file.exists() or file.is_symlink():
        raise UsageError(f"{file} is there already: name a file that is not")
    with half_of(file) as half:
        try:
            revision = _taken(engine, half)
            _signed(half, revision, now)
        except (DBAPIError, OSError) as error:
            why = reason(error)
            raise StartError(f"no backup at {file}: {why}; nothing was kept") from error
        manifest = verified(half)
        put_in_place(half, file)
    return manifest


def _taken(engine: Engine, half: Path) -> str:
    """Let the file hold the database's tables; returns the migration they are at."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            revision = _revision(engine, connection)
            # One transaction that reads, and so one state of everything; writers go on.
            connection.exec_driver_sql("VACUUM INTO ?", (str(half),))
        return revision
    # All statements of such a transaction see what the first one saw.
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with snapshot.connect() as source, source.begin():
        revision = _revision(engine, source)
        target = opened(half, writing=True)
        migrate.make(target, revision)
        with target.begin() as connection:
            for table in tables_of(target):
                carry(source, connection, table)
    return revision


def _revision(engine: Engine, connection: Connection) -> str:
    revision = revision_of(connection)
    if revision is None:
        raise StartError(f"the database {shown(engine.url)} is empty: there is nothing to back up")
    return revision


def _signed(half: Path, revision: str, now: datetime) -> None:
    with opened(half, writing=True).begin() as connection:
        Manifest(__version__, revision, now, contents(connection)).write(connection)
