"""Locks of the database: a locked file beside SQLite, an advisory lock in PostgreSQL.

They go with the process that holds them, so a killed one leaves nothing to clean up.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from watcher.adapters.store.engine import unusable
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.writing import alone
from watcher.domain.errors import StartError

# What a lock is about; the numbers keep the locks of watcher apart from those of others.
KINDS: Final = {"pass": 0x77610001, "leader": 0x77610002, "worker": 0x77610003}
_FACTS: Final = 0x77610004
_NUMBERS: Final = {"catalogues": 1, "matches": 2, "jobs": 3, "calls": 4}
_HEARD: Final = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5"

Check = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class NamedLock:
    """A lock of one kind (pass, leader, worker) and number in a database."""

    engine: Engine
    kind: str
    number: int = 0

    @contextmanager
    def taken(self) -> Iterator[Check | None]:
        """Hold the lock if it is free; yields None where it is not, else what tells if it holds."""
        in_file = self.engine.dialect.name == "sqlite"
        with self._file() if in_file else self._advisory() as check:
            yield check

    @contextmanager
    def _file(self) -> Iterator[Check | None]:
        with self._beside().open("a") as file:

            def still_there() -> bool:
                """Whether others who want the lock find this very file in its place."""
                with suppress(FileNotFoundError):
                    return os.path.samestat(os.fstat(file.fileno()), self.path.stat())
                return False

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            except OSError as error:
                raise self._unlockable(error) from error
            # It may have been taken away between the opening and the locking.
            yield still_there if still_there() else None

    @property
    def path(self) -> Path:
        """The file that is locked beside an SQLite database."""
        name = "" if self.kind == "pass" else f".{self.kind}-{self.number}"
        return Path(f"{self.engine.url.database}{name}.lock")

    def _beside(self) -> Path:
        """The file to lock; raises StartError where none can be made beside the database."""
        try:
            self.path.touch()
        except OSError as error:
            raise self._unlockable(error) from error
        return self.path

    def _unlockable(self, error: OSError) -> StartError:
        return StartError(
            f"no lock can be made beside the database, {self.path}: {error.strerror}; "
            "let watcher write there, or see database.url"
        )

    @contextmanager
    def _advisory(self) -> Iterator[Check | None]:
        # A connection of its own: a session's lock would survive in a pool.
        engine = create_engine(self.engine.url, poolclass=NullPool)
        named = {"kind": KINDS[self.kind], "number": self.number}
        try:
            connection = engine.connect()
            connection.execute(text(_HEARD))  # the server soon notices a host that is gone
        except DBAPIError as error:
            raise unusable(engine.url, error) from error
        with connection:
            got = connection.scalar(text("SELECT pg_try_advisory_lock(:kind, :number)"), named)
            connection.commit()
            if not got:
                yield None
                return
            session = _Session(connection)
            try:
                yield session.lives
            finally:
                # The server notices a closed connection only after a while; a lost one, by itself.
                if session.lives():
                    with suppress(SQLAlchemyError):
                        connection.execute(text("SELECT pg_advisory_unlock(:kind, :number)"), named)
                        connection.commit()


@dataclass(slots=True)
class _Session:
    """A connection that holds a lock; once lost it stays so, whatever connects in its place."""

    connection: Connection
    _lost: bool = False

    def lives(self) -> bool:
        """Whether the server still has the session."""
        if not self._lost:
            try:
                self.connection.execute(text("SELECT 1"))
                self.connection.commit()
            except SQLAlchemyError:
                self._lost = True
                self.connection.invalidate()
        return not self._lost


@dataclass(frozen=True, slots=True)
class DatabaseLock:
    """Signs the port `PassLock`."""

    engine: Engine

    @contextmanager
    def held(self) -> Iterator[Check]:
        """Hold the lock; raises StartError, saying since when, where another pass runs."""
        with NamedLock(self.engine, "pass").taken() as check:
            if check is None:
                since = SqlPasses(self.engine).running_since()
                when = f" since {since:%Y-%m-%dT%H:%M:%SZ}" if since else ""
                raise StartError(f"another pass is running{when}: wait for it to end")
            yield check


def one_at_a_time(connection: Connection, what: str) -> None:
    """Let one transaction at a time record such facts, where more than one process may write.

    SQLite has one writer at a time, once it is told that this transaction is one.
    """
    alone(connection)
    if connection.dialect.name == "postgresql":
        key = text("SELECT pg_advisory_xact_lock(:kind, :number)")
        connection.execute(key, {"kind": _FACTS, "number": _NUMBERS[what]})
