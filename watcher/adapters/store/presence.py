"""Who is at work: each worker holds a lock for its life, and on a network shows a beat as well.

No clock is asked but the one that only tells how long this process itself has waited, so clocks
that jump or disagree end nobody's lease.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from time import monotonic
from typing import Final

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import DBAPIError

from watcher.adapters.store.engine import add_numbered
from watcher.adapters.store.lock import NamedLock
from watcher.adapters.store.tables.jobs import jobs, workers
from watcher.domain.errors import StartError
from watcher.domain.job import DEATHS

BEAT: Final = 5.0  # seconds between two beats
SILENCE: Final = 60.0  # seconds without a beat after which a worker that holds its lock is stuck
_ENDED: Final = f"{DEATHS} processes ended over it: see how much memory and time it takes"


@dataclass(slots=True)
class SqlPresence:
    """Signs the port `Presence`; `silence` in seconds."""

    engine: Engine
    silence: float = SILENCE
    _heard: dict[int, tuple[int, float]] = field(default_factory=dict)  # worker to beat, since

    @contextmanager
    def joined(self, role: str) -> Iterator[int]:
        """Be a worker until the end of the block; yields its number."""
        name = f"{platform.node()}, process {os.getpid()}"
        with self.engine.begin() as connection:
            row = {"role": role, "name": name, "beat": 0}
            (number,) = add_numbered(connection, workers, [row])
        lock = NamedLock(self.engine, "worker", number)
        with lock.taken() as held:
            if held is None:
                raise StartError(f"worker {number} is somebody else already: start again")
            try:
                with self._beating(number):
                    yield number
            finally:
                # What it did not give back itself, it ended over.
                self._leave(number)

    def bury(self) -> int:
        """Take the leases back from workers that are gone; returns how many jobs that frees."""
        freed = 0
        with self.engine.connect() as connection:
            known = connection.execute(select(workers.c.id, workers.c.beat)).all()
        for row in known:
            if self._is_silent(row.id, row.beat) or self._is_gone(row.id):
                freed += self._leave(row.id)
                self._heard.pop(row.id, None)
        return freed

    def _is_gone(self, number: int) -> bool:
        with NamedLock(self.engine, "worker", number).taken() as free:
            return free is not None

    def _is_silent(self, number: int, beat: int) -> bool:
        """Whether a worker has shown the same beat for too long; only networks hide a stuck one."""
        if self.engine.dialect.name == "sqlite":
            return False
        last, since = self._heard.get(number, (None, 0.0))
        if last != beat:
            self._heard[number] = (beat, monotonic())
            return False
        return monotonic() - since > self.silence

    def _leave(self, number: int) -> int:
        """Take a worker off the record, and its leases back; too many deaths park a job."""
        mine = update(jobs).where(jobs.c.worker_id == number)
        deadly = mine.where(jobs.c.attempts >= DEATHS)
        with self.engine.begin() as connection:
            parked = {"state": "parked", "reason": _ENDED, "worker_id": None}
            count = connection.execute(deadly.values(parked)).rowcount
            count += connection.execute(mine.values(worker_id=None)).rowcount
            connection.execute(delete(workers).where(workers.c.id == number))
        if self.engine.dialect.name == "sqlite":
            NamedLock(self.engine, "worker", number).path.unlink(missing_ok=True)
        return count

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
            beating.join()

    def _beat(self, number: int, ended: Event) -> None:
        grow = update(workers).where(workers.c.id == number).values(beat=workers.c.beat + 1)
        while not ended.wait(BEAT):
            # A database that is away for a while takes no beat; the next one will tell.
            with suppress(DBAPIError, StartError), self.engine.begin() as connection:
                connection.execute(grow)
