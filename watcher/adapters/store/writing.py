"""Transactions that write by what they read: nobody writes between, and nothing comes too late."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select, text

from watcher.adapters.store.tables.jobs import jobs
from watcher.adapters.store.tables.passes import passes
from watcher.ports.store.jobs import Lease
from watcher.ports.store.passes import PassRecord, TooLateError


@contextmanager
def writing(engine: Engine, this: PassRecord | None = None) -> Iterator[Connection]:
    """A transaction that records facts; what it reads first stays as it is until it ends.

    In the name of a pass it commits only while that runs, in the name of a lease only while that
    holds as well: whoever takes one of them away waits for it. Raises TooLateError where that has
    happened already.
    """
    with engine.begin() as connection:
        alone(connection)
        if this is not None:
            _must_run(connection, this)
        if isinstance(this, Lease):
            _must_hold(connection, this)
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


def _must_run(connection: Connection, this: PassRecord) -> None:
    """Let a pass run until the end of the transaction; raises TooLateError where it is over."""
    running = select(passes.c.id).where(passes.c.id == this.number, passes.c.state == "running")
    if connection.scalar(running.with_for_update(read=True)) is None:
        raise TooLateError(
            f"pass {this.number} is over, so nothing more was recorded in its name: "
            "nothing is lost, the next pass goes on"
        )


def _must_hold(connection: Connection, this: Lease) -> None:
    held = select(jobs.c.id).where(jobs.c.id == this.job, jobs.c.worker_id == this.worker)
    if connection.scalar(held.with_for_update(read=True)) is None:
        raise TooLateError("the job was given to somebody else, so nothing was recorded")
