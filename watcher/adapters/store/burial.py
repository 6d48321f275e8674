"""Taking workers off the record: what they held is ready again, unless too many went over it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine, delete, func, or_, select, text, update

from watcher.adapters.store.lock import KINDS
from watcher.adapters.store.tables.jobs import jobs, workers
from watcher.adapters.store.writing import writing
from watcher.domain.job import DEATHS, PATIENCE

_ENDED: Final = f"{DEATHS} workers were lost over it: see how much memory and time it takes"
# What a server knows itself: a lock goes with its session, whoever forgets to say so.
_HOLDERS: Final = text(
    "SELECT id, beat, EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND classid = CAST(:kind AS oid) AND objid = CAST(id AS oid) AND objsubid = 2) FROM workers"
)


def holders(engine: Engine) -> list[tuple[int, int, bool]]:
    """Workers on the record of a PostgreSQL: number, beat, and whether it holds its lock."""
    with engine.connect() as connection:
        rows = connection.execute(_HOLDERS, {"kind": KINDS["worker"]})
        return [(row[0], row[1], row[2]) for row in rows]


def bury(engine: Engine, number: int) -> int:
    """Take a worker off the record and its leases back; returns how many.

    A job that it lost while it was just being written stays with it, and so does its row: the next
    one who looks finds both.
    """
    mine = select(jobs.c.id).where(jobs.c.worker_id == number).order_by(jobs.c.id)
    rest = select(func.count()).where(jobs.c.worker_id == number).scalar_subquery()
    row = select(workers.c.id).where(workers.c.id == number, rest == 0)
    with writing(engine) as connection:
        held = list(connection.scalars(mine.with_for_update(skip_locked=True)))
        freed = update(jobs).where(jobs.c.worker_id == number, jobs.c.id.in_(held))
        if held:
            # Tries that failed left a reason; those that left none took their worker along.
            silent = or_(jobs.c.reason.is_(None), jobs.c.reason == _ENDED)
            parked = {"state": "parked", "worker_id": None}
            deadly = freed.where(silent, jobs.c.attempts >= DEATHS)
            connection.execute(deadly.values(parked | {"reason": _ENDED}))
            connection.execute(freed.where(jobs.c.attempts >= PATIENCE).values(parked))
            connection.execute(freed.values(worker_id=None))
        # The row goes last, and not while its worker takes another job.
        gone = list(connection.scalars(row.with_for_update(of=workers, skip_locked=True)))
        if gone:
            connection.execute(delete(workers).where(workers.c.id.in_(gone)))
    return len(held)
