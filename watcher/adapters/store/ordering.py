"""Ordering jobs: what a pass wants of a stage, against what is there and who is at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, Connection, Engine, bindparam, delete, select, update
from sqlalchemy import Row as Fetched

from watcher.adapters.store.engine import Row, add_rows, batches
from watcher.adapters.store.lock import one_at_a_time
from watcher.adapters.store.tables.base import LONGEST, kept
from watcher.adapters.store.tables.jobs import jobs
from watcher.adapters.store.writing import writing
from watcher.domain.job import PARKED
from watcher.ports.store.jobs import Order
from watcher.ports.store.passes import PassRecord

_Held = Mapping[str, Fetched[Any]]


def order(
    engine: Engine, this: PassRecord, stage: str, orders: Sequence[Order], *, eager: bool
) -> None:
    """Make a stage's jobs these, in one transaction; raises TooLateError where the pass is over.

    Rows are locked before they are judged: a job that is finished meanwhile was done for what it
    was told before, so it is either gone and added anew, or seen to have been told otherwise.
    """
    wanted = {named(one.key): one for one in orders}
    statement = select(jobs.c.id, jobs.c.key, jobs.c.payload).where(jobs.c.stage == stage)
    with writing(engine, this) as connection:
        one_at_a_time(connection, "jobs")
        rows = connection.execute(statement.order_by(jobs.c.id).with_for_update())
        held = {row.key: row for row in rows}
        if not held and not wanted:
            return
        for batch in batches([row.id for name, row in held.items() if name not in wanted]):
            connection.execute(delete(jobs).where(jobs.c.id.in_(batch)))
        _wake(connection, this, stage, eager=eager)
        _tell(connection, wanted, held)
        new = [_row(this, stage, name, one) for name, one in wanted.items() if name not in held]
        add_rows(connection, jobs, new)


def named(key: str) -> str:
    """A key as the record keeps it: one that cannot be kept whole ends in its own sha256."""
    whole = kept(key, LONGEST)
    if whole == key:
        return key
    mark = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{whole[: LONGEST - len(mark) - 1]}#{mark}"


def _wake(connection: Connection, this: PassRecord, stage: str, *, eager: bool) -> None:
    """Let this pass want the stage's jobs, and make those ready whose time has come."""
    every = update(jobs).where(jobs.c.stage == stage)
    connection.execute(every.values(wanted_in=this.number))
    rests = every.where(jobs.c.state != "ready")
    # Who was parked by a worker's end was parked at no time: it rests from the next pass on.
    undated = rests.where(jobs.c.due_at.is_(None))
    connection.execute(undated.values(due_at=this.at + PARKED))
    due = rests if eager else rests.where(jobs.c.due_at <= this.at)
    connection.execute(due.values(state="ready", due_at=None))


def _tell(connection: Connection, wanted: Mapping[str, Order], held: _Held) -> None:
    """Tell jobs what is asked of them now; what is told something else need not rest."""
    changed = [
        {"number": row.id, "told": dict(wanted[name].payload)}
        for name, row in held.items()
        if name in wanted and row.payload != wanted[name].payload
    ]
    if changed:
        told = update(jobs).where(jobs.c.id == bindparam("number"))
        told = told.values(payload=bindparam("told", type_=JSON), state="ready", due_at=None)
        connection.execute(told, changed)


def _row(this: PassRecord, stage: str, name: str, one: Order) -> Row:
    return {
        "stage": stage,
        "key": name,
        "payload": dict(one.payload),
        "state": "ready",
        "attempts": 0,
        "wanted_in": this.number,
    }
