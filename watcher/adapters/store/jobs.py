"""The record of jobs: who takes a lease locks the row first, so that two never take the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, select, update

from watcher.adapters.store.engine import batches
from watcher.adapters.store.ordering import order
from watcher.adapters.store.tables.jobs import jobs, workers
from watcher.adapters.store.tables.passes import passes
from watcher.adapters.store.writing import writing
from watcher.domain.job import Rest
from watcher.ports.store.jobs import DismissedError, Job, Lease, Order, Unfinished
from watcher.ports.store.passes import PassRecord

_MOST: Final = 500  # jobs taken at once
_FREE: Final = (jobs.c.state == "ready") & jobs.c.worker_id.is_(None)
_RUNNING: Final = select(passes.c.id).where(passes.c.state == "running")


@dataclass(frozen=True, slots=True)
class SqlJobs:
    """Signs the port `Jobs`."""

    engine: Engine

    def order(self, this: PassRecord, stage: str, orders: Sequence[Order], *, eager: bool) -> None:
        """Make a stage's jobs these; those that rest are ready again where their time has come."""
        order(self.engine, this, stage, orders, eager=eager)

    def claim(self, worker: int, stages: Collection[str], most: int) -> list[Job]:
        """Take up to so many ready jobs under a lease, in the order in which they were added."""
        if most <= 0:
            return []
        free = select(jobs.c.id).where(_FREE, jobs.c.stage.in_(stages))
        free = free.where(jobs.c.wanted_in.in_(_RUNNING)).order_by(jobs.c.id)
        with writing(self.engine) as connection:
            _present(connection, worker)
            # Two statements: a subquery that locks may be run again for each row it gives.
            locked = free.limit(min(most, _MOST)).with_for_update(skip_locked=True)
            numbers = list(connection.scalars(locked))
            if not numbers:
                return []
            taken = update(jobs).where(jobs.c.id.in_(numbers))
            connection.execute(taken.values(worker_id=worker, attempts=jobs.c.attempts + 1))
            return _claimed(connection, worker, numbers)

    def still(self, job: Job) -> Job | None:
        """The job under the pass that wants it now; None where the lease or that pass is gone."""
        statement = (
            select(passes.c.id, passes.c.at)
            .join(jobs, jobs.c.wanted_in == passes.c.id)
            .where(_leased(job), passes.c.state == "running")
        )
        with self.engine.connect() as connection:
            row = connection.execute(statement).first()
        if row is None:
            return None
        return replace(job, wanted=replace(job.wanted, number=row.id, at=row.at))

    def finish(self, job: Job) -> bool:
        """Take a job that is done off the record, or make it ready where it was told otherwise."""
        with writing(self.engine) as connection:
            found = _let_go(connection, job, attempts=0)
            if found == [job.payload]:
                connection.execute(delete(jobs).where(jobs.c.id == job.number))
            return bool(found)

    def fail(self, job: Job, reason: str, rest: Rest) -> bool:
        """Let a job rest that failed; False where the lease was lost meanwhile."""
        state = "parked" if rest.parked else "resting"
        with writing(self.engine) as connection:
            found = _let_go(connection, job, reason=reason)
            if found == [job.payload]:
                over = update(jobs).where(jobs.c.id == job.number)
                connection.execute(over.values(state=state, due_at=rest.until))
            return bool(found)

    def give_back(self, job: Job) -> bool:
        """Give one job back untried; False where the lease was lost meanwhile."""
        with writing(self.engine) as connection:
            return bool(_let_go(connection, job, attempts=jobs.c.attempts - 1))

    def put_off(self, stage: str, reason: str) -> int:
        """Let what is ready of a stage rest until the next pass, untried; returns how many."""
        at = select(passes.c.at).where(passes.c.id == jobs.c.wanted_in).scalar_subquery()
        idle = select(jobs.c.id).where(_FREE, jobs.c.stage == stage).order_by(jobs.c.id)
        with writing(self.engine) as connection:
            numbers = list(connection.scalars(idle.with_for_update()))
            for batch in batches(numbers):
                rests = update(jobs).where(jobs.c.id.in_(batch))
                connection.execute(rests.values(state="resting", due_at=at, reason=reason))
            return len(numbers)

    def release(self, worker: int) -> int:
        """Give all leases of a worker back untried; returns how many there were."""
        mine = select(jobs.c.id).where(jobs.c.worker_id == worker).order_by(jobs.c.id)
        with writing(self.engine) as connection:
            # Whoever locks many rows does so in the order of their numbers.
            numbers = list(connection.scalars(mine.with_for_update()))
            if numbers:
                given = update(jobs).where(jobs.c.worker_id == worker)
                given = given.values(worker_id=None, attempts=jobs.c.attempts - 1)
                connection.execute(given)
            return len(numbers)

    def pending(self, stage: str) -> int:
        """How many jobs of a stage are ready or under way."""
        statement = select(func.count()).where(jobs.c.stage == stage, jobs.c.state == "ready")
        with self.engine.connect() as connection:
            return connection.scalar(statement) or 0

    def unfinished(self, stages: Collection[str] = ()) -> list[Unfinished]:
        """All jobs that are still there, of some stages or of all."""
        columns = ("stage", "key", "payload", "state", "attempts", "due_at", "reason")
        statement = (
            select(*(jobs.c[name] for name in columns), workers.c.name)
            .select_from(jobs)
            .outerjoin(workers, workers.c.id == jobs.c.worker_id)
            .order_by(jobs.c.stage, jobs.c.id)
        )
        if stages:
            statement = statement.where(jobs.c.stage.in_(stages))
        with self.engine.connect() as connection:
            return [Unfinished(*row) for row in connection.execute(statement)]


def _present(connection: Connection, worker: int) -> None:
    """Keep a worker on the record until the end of the transaction; its beat goes on meanwhile."""
    statement = select(workers.c.id).where(workers.c.id == worker)
    if connection.scalar(statement.with_for_update(read=True, key_share=True)) is None:
        raise DismissedError(
            "this worker did not show itself for so long that its jobs were given to others: "
            "nothing is lost, it may join again"
        )


def _claimed(connection: Connection, worker: int, numbers: Sequence[int]) -> list[Job]:
    statement = (
        select(jobs, passes.c.at)
        .join(passes, passes.c.id == jobs.c.wanted_in)
        .where(jobs.c.id.in_(numbers))
        .order_by(jobs.c.id)
    )
    return [
        Job(
            number=row.id,
            stage=row.stage,
            key=row.key,
            payload=row.payload,
            attempts=row.attempts,
            wanted=Lease(row.wanted_in, row.at, row.id, worker),
        )
        for row in connection.execute(statement)
    ]


def _leased(job: Job) -> ColumnElement[bool]:
    return (jobs.c.id == job.number) & (jobs.c.worker_id == job.wanted.worker)


def _let_go(connection: Connection, job: Job, **values: object) -> list[Mapping[str, object]]:
    """End a lease; returns what the job is told now, nothing where the lease was lost."""
    statement = update(jobs).where(_leased(job)).values(worker_id=None, **values)
    return list(connection.scalars(statement.returning(jobs.c.payload)))
