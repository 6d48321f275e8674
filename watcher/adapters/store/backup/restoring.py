"""Restoring a backup into an empty database of either kind, wholly or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from watcher.adapters.store import migrate
from watcher.adapters.store.backup.half import half_of, opened, put_in_place
from watcher.adapters.store.backup.manifest import NAME, Manifest, counted
from watcher.adapters.store.backup.portable import carry, count_on, tables_of
from watcher.adapters.store.backup.verifying import verified
from watcher.adapters.store.engine import reason, shown
from watcher.adapters.store.lock import NamedLock
from watcher.adapters.store.schema import revisions
from watcher.adapters.store.statistics import count_grown
from watcher.domain.errors import StartError

_VERSION = "alembic_version"


def restore(engine: Engine, backup: Path, scratch: Path) -> Manifest:
    """Verify a backup, fill an empty database with it, and bring that to this version's schema.

    `scratch` is a folder for a copy of the backup, which only one of an earlier migration needs on
    its way to a server. Raises UsageError for what is no backup, StartError where it is damaged or
    of a newer watcher, or the database is not empty or in use. Then the database is as it was.
    """
    manifest = verified(backup)
    if manifest.migration not in revisions():
        raise StartError(
            f"the backup {backup} is at migration {manifest.migration}, which this watcher does "
            "not know: install the one that made it, or a newer one"
        )
    try:
        with _alone(engine):
            if engine.dialect.name == "sqlite":
                _as_file(engine, backup)
            else:
                _to_server(engine, backup, manifest, scratch)
    except (DBAPIError, OSError) as error:
        raise StartError(
            f"{backup} was not restored to {shown(engine.url)}: {reason(error)}; "
            "the database is as it was"
        ) from error
    return manifest


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Keep passes and schedulers out meanwhile; raises StartError where there are any."""
    with (
        NamedLock(engine, "leader").taken() as leading,
        NamedLock(engine, "pass").taken() as passing,
    ):
        if leading is None or passing is None:
            raise StartError(f"a watcher runs on {shown(engine.url)}: stop it, then restore")
        yield


def _as_file(engine: Engine, backup: Path) -> None:
    """Put a file in the place of an empty one, or of none."""
    file = Path(str(engine.url.database)).absolute()
    if file.exists():
        with engine.connect() as connection:
            _must_be_empty(engine, connection)
        engine.dispose()
    with half_of(file) as half:
        shutil.copyfile(backup, half)
        copy = opened(half, writing=True)
        with copy.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE {NAME}")
        migrate.upgrade(copy)
        # What an empty file's log holds would be taken for that of the new one.
        for ending in ("-wal", "-shm"):
            file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)
        put_in_place(half, file)


def _to_server(engine: Engine, backup: Path, manifest: Manifest, scratch: Path) -> None:
    """Copy everything in one transaction."""
    with _at_head(backup, manifest, scratch) as file, engine.begin() as target:
        _must_be_empty(engine, target)
        migrate.upgrade_within(target)
        with opened(file).connect() as source:
            tables = tables_of(opened(file))
            carried = {one.name: carry(source, target, one) for one in tables}
        for table in tables:
            count_on(target, table)
        if counted(target, carried) != carried:
            raise StartError(f"{backup} did not arrive whole; the database is as it was")
    count_grown(engine)


@contextmanager
def _at_head(backup: Path, manifest: Manifest, scratch: Path) -> Iterator[Path]:
    """The backup itself, or a copy that was brought to this version's migration."""
    if manifest.migration == revisions()[-1]:
        yield backup
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch, prefix="restore-") as folder:
        copy = Path(folder) / "backup.db"
        shutil.copyfile(backup, copy)
        migrate.upgrade(opened(copy, writing=True))
        yield copy


def _must_be_empty(engine: Engine, connection: Connection) -> None:
    there = set(inspect(connection).get_table_names()) - {_VERSION}
    filled = [
        name for name, rows in sorted(counted(connection, dict.fromkeys(there)).items()) if rows
    ]
    if filled:
        raise StartError(
            f"the database {shown(engine.url)} is not empty ({', '.join(filled[:3])} have rows): "
            "restore into a new one, then let database.url name that"
        )
