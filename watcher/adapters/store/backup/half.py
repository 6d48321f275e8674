"""Files that are whole or not there: written under another name, and then put in place."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.engine import URL

from watcher.domain.errors import StartError, UsageError

_PRIVATE: Final = 0o600  # what images consist of and lack is nobody else's business
_BESIDE: Final = ("-wal", "-shm", "-journal")


@contextmanager
def half_of(file: Path) -> Iterator[Path]:
    """The empty file to write first; what a killed process left of it is written over.

    Raises UsageError where nothing can be written there, or another process is at it.
    """
    half = file.absolute().with_name(f".{file.name}.half")
    try:
        descriptor = os.open(half, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, _PRIVATE)
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written: {error.strerror}; name another place"
        ) from None
    try:
        _claim(descriptor, file)
        os.ftruncate(descriptor, 0)
        for ending in _BESIDE:
            Path(f"{half}{ending}").unlink(missing_ok=True)
        yield half
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        os.close(descriptor)


def put_in_place(half: Path, file: Path) -> None:
    """Let a file that is written take its name, and reach the disk before anybody relies on it."""
    with half.open("rb") as written:
        os.fsync(written.fileno())
    half.replace(file)
    folder = os.open(file.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def opened(file: Path, *, writing: bool = False) -> Engine:
    """An SQLite file as it lies there, without a log beside it, and unchanged by being opened."""
    query = {"uri": "true", "mode": "rw" if writing else "ro"}
    url = URL.create("sqlite", database=file.absolute().as_uri(), query=query)
    return create_engine(url, poolclass=NullPool)


def _claim(descriptor: int, file: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StartError(f"{file} is being written by another process: wait for it") from None
