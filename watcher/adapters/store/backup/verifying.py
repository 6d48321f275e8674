"""Whether a backup is whole: what it says of itself is held against what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from watcher.adapters.store.backup.half import opened
from watcher.adapters.store.backup.manifest import Manifest, contents, read_manifest
from watcher.adapters.store.engine import reason
from watcher.domain.errors import StartError, UsageError


def verified(file: Path) -> Manifest:
    """Read a backup from its first row to its last; returns its manifest.

    Raises UsageError for what is no backup, StartError for one that is damaged.
    """
    if not file.is_file():
        raise UsageError(f"there is no backup at {file}: name a file that `watcher backup` made")
    with _looked_at(file) as connection:
        manifest = _manifest(file, connection)
        sound = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if sound != "ok":
            raise _damaged(file, " ".join(str(sound).split()))
        held = contents(connection)
    wrong = [
        name
        for name in sorted(held.keys() | manifest.tables.keys())
        if held.get(name) != manifest.tables.get(name)
    ]
    if wrong:
        raise _damaged(file, f"not what was written into it: {', '.join(wrong)}")
    return manifest


def _manifest(file: Path, connection: Connection) -> Manifest:
    try:
        return read_manifest(connection)
    except UsageError as error:
        raise UsageError(f"{file} {error}: name a file that `watcher backup` made") from None


@contextmanager
def _looked_at(file: Path) -> Iterator[Connection]:
    engine = opened(file)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise _damaged(file, reason(error)) from error
    finally:
        engine.dispose()


def _damaged(file: Path, why: str) -> StartError:
    return StartError(f"the backup {file} is damaged, {why}: nothing was changed, take another one")
