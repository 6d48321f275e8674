"""Transactions that write by what they read: nobody writes between, and no pass that is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select, text

from watcher.adapters.store.tables.jobs import jobs
from watcher.adapters.store.tables.passes import passes
from watcher.ports.store.jobs import Lease, TooLateError
from watcher.ports.store.passes import PassRecord


@contextmanager
def writing(engine: Engine, this: PassRecord | None = None) -> Iterator[Connection]:
    """A transaction in whose name facts are recorded; raises TooLateError where it comes too late.

    With a pass it commits only while that pass runs: whoever begins another one waits for it, and
    is waited for. With a lease it commits only while that holds as well.
    """
    with engine.begin() as connection:
        alone(connection)
        if this is not None:
            _in_force(connection, this)
        yield connection


def alone(connection: Connection) -> None:
    """Keep other writers out from the first read on; only SQLite needs to be told.

    Its driver begins a transaction with the first write, so that what was read before may have
    changed, and one that has begun to read may write no more once another one wrote.
    """
    if connection.dialect.name != "sqlite":
        return
    if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr] # SQLite's
        connection.execute(text("BEGIN IMMEDIATE"))


def _in_force(connection: Connection, this: PassRecord) -> None:
    running = select(passes.c.id).where(passes.c.id == this.number, passes.c.state == "running")
    if connection.scalar(running.with_for_update(read=True)) is None:
        raise TooLateError(
            f"pass {this.number} is over, so nothing more was recorded in its name: "
            "nothing is lost, the next pass goes on"
        )
    if isinstance(this, Lease):
        held = select(jobs.c.id).where(jobs.c.id == this.job, jobs.c.worker_id == this.worker)
        if connection.scalar(held.with_for_update(read=True)) is None:
            raise TooLateError("the job was given to somebody else, so nothing was recorded")
