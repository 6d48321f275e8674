"""Who is at work: each worker holds a lock for its life, and on a network shows a beat as well.

No clock is asked but the one that only tells how long this process itself has waited, so clocks
that jump or disagree end nobody's lease. The lock is taken before the worker is on the record, so
that whoever finds one there without its lock knows that it is gone.
"""

from __future__ import annotations

import glob
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from secrets import randbelow
from threading import Event, Thread
from time import monotonic
from typing import Final

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from watcher.adapters.store.burial import bury, holders
from watcher.adapters.store.lock import NamedLock
from watcher.adapters.store.tables.jobs import workers
from watcher.domain.errors import StartError

BEAT: Final = 5.0  # seconds between two beats
SILENCE: Final = 60.0  # seconds without a beat after which a worker that holds its lock is stuck
_NUMBERS: Final = 2**31 - 1  # what both databases take as a lock's number
_TRIES: Final = 20


@dataclass(slots=True)
class _Heard:
    """A worker's last beat, and for how many seconds it was looked at and stayed the same."""

    beat: int
    at: float
    silent: float = 0.0


@dataclass(slots=True)
class SqlPresence:
    """Signs the port `Presence`; `silence` and `pause` between two beats in seconds."""

    engine: Engine
    silence: float = SILENCE
    pause: float = BEAT
    felt: Callable[[], float] = monotonic
    _heard: dict[int, _Heard] = field(default_factory=dict)

    @contextmanager
    def joined(self, role: str) -> Iterator[int]:
        """Be a worker until the end of the block; yields its number."""
        name = f"{platform.node()}, process {os.getpid()}"
        with ExitStack() as stack:
            number = self._numbered(stack)
            with self.engine.begin() as connection:
                row = {"id": number, "role": role, "name": name, "beat": 0}
                connection.execute(insert(workers).values(row))
            stack.enter_context(self._beating(number))
            try:
                yield number
            finally:
                # What it did not give back itself, it ended over. Where the database is away,
                # whoever comes next finds a worker without its lock.
                with suppress(SQLAlchemyError, StartError):
                    bury(self.engine, number)
                self._unlink(number)

    def bury(self) -> int:
        """Take the leases back from workers that are gone; returns how many jobs that frees."""
        if self.engine.dialect.name == "sqlite":
            return sum(self._bury_in_file(number) for number in self._found_in_files())
        freed = 0
        for number, beat, holds in holders(self.engine):
            if not holds or self._is_silent(number, beat):
                freed += bury(self.engine, number)
                self._heard.pop(number, None)
        return freed

    def _numbered(self, stack: ExitStack) -> int:
        """A number with its lock; drawn, so that nobody who is gone ever had it."""
        for _ in range(_TRIES):
            number = 1 + randbelow(_NUMBERS)
            lock = NamedLock(self.engine, "worker", number)
            if stack.enter_context(lock.taken()) is not None:
                return number
        raise StartError("no worker's lock is to be had beside the database: start again")

    def _found_in_files(self) -> set[int]:
        """Numbers on the record, and of locks that were left without one."""
        with self.engine.connect() as connection:
            found = set(connection.scalars(select(workers.c.id)))
        any_one = NamedLock(self.engine, "worker", 0).path
        before = any_one.name.removesuffix("0.lock")
        for path in any_one.parent.glob(f"{glob.escape(before)}*.lock"):
            number = path.name.removeprefix(before).removesuffix(".lock")
            found |= {int(number)} if number.isdecimal() else set()
        return found

    def _bury_in_file(self, number: int) -> int:
        """Only the dead leave a file unlocked: no host is between, and a stuck process holds it."""
        with NamedLock(self.engine, "worker", number).taken() as free:
            if free is None:
                return 0
            freed = bury(self.engine, number)
            self._unlink(number)
            return freed

    def _unlink(self, number: int) -> None:
        """Take the file away while it is locked: whoever opened it before finds it out."""
        if self.engine.dialect.name == "sqlite":
            NamedLock(self.engine, "worker", number).path.unlink(missing_ok=True)

    def _is_silent(self, number: int, beat: int) -> bool:
        """Whether a worker has shown the same beat for too long.

        Time in which nobody looked counts as a few beats at most: the database was away, perhaps.
        """
        now, heard = self.felt(), self._heard.get(number)
        if heard is None or heard.beat != beat:
            self._heard[number] = _Heard(beat, now)
            return False
        heard.silent += min(now - heard.at, self.silence / 6)
        heard.at = now
        return heard.silent > self.silence

    @contextmanager
    def _beating(self, number: int) -> Iterator[None]:
        if self.engine.dialect.name == "sqlite":
            yield
            return
        ended = Event()
        beating = Thread(target=self._beat, args=(number, ended), daemon=True)
        beating.start()
        try:
            yield
        finally:
            ended.set()
            beating.join(self.pause)

    def _beat(self, number: int, ended: Event) -> None:
        grow = update(workers).where(workers.c.id == number).values(beat=workers.c.beat + 1)
        while not ended.wait(self.pause):
            # A database that is away for a while takes no beat; the next one will tell.
            with suppress(SQLAlchemyError, StartError), self.engine.begin() as connection:
                connection.execute(grow)
