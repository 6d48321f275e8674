"""Places where jobs are kept, each a port's signatory with what a test needs around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import Engine, insert, text, update

from tests.fakes.jobs import FakeJobs, FakePresence
from watcher.adapters.store.jobs import SqlJobs
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.presence import SqlPresence
from watcher.adapters.store.tables.jobs import workers
from watcher.adapters.store.tables.passes import passes
from watcher.ports.store.jobs import Job, Jobs, Order, Presence
from watcher.ports.store.passes import PassRecord, Snapshot

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAIN = Snapshot("0" * 64, "{}")


def hour(number: float) -> datetime:
    """A time, as hours from an arbitrary noon."""
    return NOON + timedelta(hours=number)


@dataclass(frozen=True, slots=True)
class JobPlace:
    """A record of jobs. `begin` begins a pass and ends the one before, `end` ends it.

    `lost` is the number of a worker that is gone and that nobody has noticed yet.
    """

    jobs: Jobs
    presence: Presence
    begin: Callable[[datetime], PassRecord]
    end: Callable[[], None]
    lost: Callable[[], int]

    @contextmanager
    def worker(self) -> Iterator[int]:
        """Somebody at work."""
        with self.presence.joined("worker") as number:
            yield number

    def order(
        self, at: float, *orders: Order | str, stage: str = "match", eager: bool = False
    ) -> PassRecord:
        """Begin a pass that wants these jobs."""
        this = self.begin(hour(at))
        listed = [one if isinstance(one, Order) else order(one) for one in orders]
        self.jobs.order(this, stage, listed, eager=eager)
        return this

    def claim(self, worker: int, most: int = 100, stage: str = "match") -> list[Job]:
        """Take jobs of a stage."""
        return self.jobs.claim(worker, [stage], most)

    def states(self, stages: Sequence[str] = ()) -> dict[str, str]:
        """The state of each job by its key; `under way` where somebody holds it."""
        return {
            one.key: "under way" if one.worker else one.state
            for one in self.jobs.unfinished(stages)
        }


def order(key: str, **payload: object) -> Order:
    """An order that tells little."""
    return Order(key, payload or {"key": key})


def fake_place() -> JobPlace:
    """In memory."""
    jobs = FakeJobs()
    presence = FakePresence(jobs)
    return JobPlace(jobs, presence, jobs.begin, jobs.end, presence.lost)


def sql_place(engine: Engine) -> JobPlace:
    """In a database."""
    numbers = count(1)

    def end() -> None:
        with engine.begin() as connection:
            connection.execute(update(passes).values(state="complete"))

    def lost() -> int:
        number = next(numbers)
        with engine.begin() as connection:
            row = {"id": number, "role": "worker", "name": "lost", "beat": 3}
            connection.execute(insert(workers).values(row))
        return number

    def begin(at: datetime) -> PassRecord:
        return SqlPasses(engine).begin(at, at, [], PLAIN)

    return JobPlace(SqlJobs(engine), SqlPresence(engine), begin, end, lost)


def cut(engine: Engine, which: str) -> None:
    """End other sessions of the database, as a network or an administrator does."""
    mine = "datname = current_database() AND pid <> pg_backend_pid()"
    locks = f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND {which}"  # noqa: S608 - ours
    with engine.connect() as connection:
        ended = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {mine}"  # noqa: S608 - ours
        connection.execute(text(f"{ended} AND pid IN ({locks})"))
