"""One pass at a time: a locked file beside SQLite, an advisory lock in PostgreSQL.

Both go with the process that holds them, so a killed pass leaves nothing to clean up.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from watcher.adapters.store.engine import unusable
from watcher.adapters.store.passes import SqlPasses
from watcher.domain.errors import StartError

_KEY = 0x77617463686572  # "watcher", read as a number


@dataclass(frozen=True, slots=True)
class DatabaseLock:
    """Signs the port `PassLock`."""

    engine: Engine

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; raises StartError, saying since when, where another pass runs."""
        in_file = self.engine.dialect.name == "sqlite"
        with self._file() if in_file else self._advisory():
            yield

    @contextmanager
    def _file(self) -> Iterator[None]:
        with self._beside().open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise self._taken() from error
            yield

    def _beside(self) -> Path:
        """The file to lock; raises StartError where none can be made beside the database."""
        path = Path(f"{self.engine.url.database}.lock")
        try:
            path.touch()
        except OSError as error:
            raise StartError(
                f"no lock can be made beside the database, {path}: {error.strerror}; "
                "let watcher write there, or see database.url"
            ) from error
        return path

    @contextmanager
    def _advisory(self) -> Iterator[None]:
        # A connection of its own: a session's lock would survive in a pool.
        engine = create_engine(self.engine.url, poolclass=NullPool)
        try:
            connection = engine.connect()
        except DBAPIError as error:
            raise unusable(engine.url, error) from error
        with connection:
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}):
                raise self._taken()
            connection.commit()
            try:
                yield
            finally:
                # The server notices a closed connection only after a while; a lost one, by itself.
                with suppress(DBAPIError):
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})

    def _taken(self) -> StartError:
        since = SqlPasses(self.engine).running_since()
        when = f" since {since:%Y-%m-%dT%H:%M:%SZ}" if since else ""
        return StartError(f"another pass is running{when}: wait for it to end")
