"""The record of jobs: one statement takes a lease, so that two never take the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, ColumnElement, Engine, bindparam, delete, func, select, update

from watcher.adapters.store.engine import Row, add_rows, batches
from watcher.adapters.store.tables.base import LONGEST, kept
from watcher.adapters.store.tables.jobs import jobs, workers
from watcher.adapters.store.tables.passes import passes
from watcher.domain.job import PARKED, Rest
from watcher.ports.store.jobs import Job, Order, Unfinished
from watcher.ports.store.passes import PassRecord

_READY = (jobs.c.state == "ready") & jobs.c.worker_id.is_(None)


@dataclass(frozen=True, slots=True)
class SqlJobs:
    """Signs the port `Jobs`."""

    engine: Engine

    def order(self, this: PassRecord, stage: str, orders: Sequence[Order], *, eager: bool) -> None:
        """Make a stage's jobs these; those that rest are ready again where their time has come."""
        wanted = {kept(one.key, LONGEST): one for one in orders}
        idle = (jobs.c.stage == stage) & jobs.c.worker_id.is_(None)
        with self.engine.begin() as connection:
            statement = select(jobs.c.id, jobs.c.key, jobs.c.payload).where(jobs.c.stage == stage)
            held = {row.key: row for row in connection.execute(statement)}
            if not held and not wanted:
                return
            dropped = [row.id for name, row in held.items() if name not in wanted]
            for batch in batches(dropped):
                connection.execute(delete(jobs).where(idle, jobs.c.id.in_(batch)))
            awake = update(jobs).where(idle)
            connection.execute(awake.values(wanted_in=this.number))
            undated = awake.where(jobs.c.state == "parked", jobs.c.due_at.is_(None))
            connection.execute(undated.values(due_at=this.at + PARKED))
            due = awake if eager else awake.where(jobs.c.due_at <= this.at)
            connection.execute(due.values(state="ready", due_at=None))
            changed = [
                {"number": row.id, "told": dict(wanted[name].payload)}
                for name, row in held.items()
                if name in wanted and row.payload != wanted[name].payload
            ]
            if changed:
                told = awake.where(jobs.c.id == bindparam("number"))
                told = told.values(payload=bindparam("told", type_=JSON), state="ready")
                connection.execute(told, changed)
            new = [wanted[name] for name in wanted if name not in held]
            add_rows(connection, jobs, [_row(this, stage, one) for one in new])

    def claim(self, worker: int, stages: Collection[str], most: int) -> list[Job]:
        """Take up to so many ready jobs under a lease, in the order in which they were added."""
        free = (
            select(jobs.c.id)
            .where(_READY, jobs.c.stage.in_(stages))
            .order_by(jobs.c.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        taken = (
            update(jobs)
            .where(jobs.c.id.in_(free.scalar_subquery()))
            .values(worker_id=worker, attempts=jobs.c.attempts + 1)
            .returning(jobs.c.id)
        )
        with self.engine.begin() as connection:
            numbers = list(connection.scalars(taken)) if most > 0 else []
            if not numbers:
                return []
            statement = (
                select(jobs, passes.c.at)
                .join(passes, passes.c.id == jobs.c.wanted_in)
                .where(jobs.c.id.in_(numbers))
                .order_by(jobs.c.id)
            )
            return [
                Job(
                    row.id,
                    row.stage,
                    row.key,
                    row.payload,
                    row.attempts,
                    PassRecord(row.wanted_in, row.at),
                )
                for row in connection.execute(statement)
            ]

    def finish(self, worker: int, job: Job) -> bool:
        """Take a job that is done off the record; False where the lease was lost meanwhile."""
        with self.engine.begin() as connection:
            return connection.execute(delete(jobs).where(_leased(worker, job))).rowcount == 1

    def fail(self, worker: int, job: Job, reason: str, rest: Rest) -> bool:
        """Let a job rest that failed; False where the lease was lost meanwhile."""
        state = "parked" if rest.parked else "resting"
        statement = update(jobs).where(_leased(worker, job))
        over = statement.values(state=state, due_at=rest.until, reason=reason, worker_id=None)
        with self.engine.begin() as connection:
            return connection.execute(over).rowcount == 1

    def release(self, worker: int) -> int:
        """Give all leases of a worker back untried; returns how many there were."""
        with self.engine.begin() as connection:
            mine = update(jobs).where(jobs.c.worker_id == worker)
            given = mine.values(worker_id=None, attempts=jobs.c.attempts - 1)
            return connection.execute(given).rowcount

    def pending(self, stage: str) -> int:
        """How many jobs of a stage are ready or under way."""
        statement = select(func.count()).where(jobs.c.stage == stage, jobs.c.state == "ready")
        with self.engine.connect() as connection:
            return connection.scalar(statement) or 0

    def unfinished(self, stages: Collection[str] = ()) -> list[Unfinished]:
        """All jobs that are still there, of some stages or of all."""
        statement = (
            select(jobs, workers.c.name)
            .outerjoin(workers, workers.c.id == jobs.c.worker_id)
            .order_by(jobs.c.stage, jobs.c.id)
        )
        if stages:
            statement = statement.where(jobs.c.stage.in_(stages))
        with self.engine.connect() as connection:
            return [
                Unfinished(
                    row.stage,
                    row.key,
                    row.payload,
                    row.state,
                    row.attempts,
                    row.due_at,
                    row.reason,
                    row.name,
                )
                for row in connection.execute(statement)
            ]


def _leased(worker: int, job: Job) -> ColumnElement[bool]:
    return (jobs.c.id == job.number) & (jobs.c.worker_id == worker)


def _row(this: PassRecord, stage: str, one: Order) -> Row:
    return {
        "stage": stage,
        "key": one.key,
        "payload": dict(one.payload),
        "state": "ready",
        "attempts": 0,
        "wanted_in": this.number,
    }
