"""Calls to trackers: committed before they are made, settled when their answer is known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, extract, func, select, update

from watcher.adapters.store.engine import Row, add_numbered, still_open
from watcher.adapters.store.tables.filing import ticket_intents
from watcher.adapters.store.tables.passes import passes
from watcher.domain.ticket import Cause, TicketKey
from watcher.ports.store.bumps import Begun
from watcher.ports.store.passes import PassRecord

_LONG_AGO = timedelta(days=36500)
_EPOCH_IN_JULIAN_DAYS = 2440587.5


def add(connection: Connection, this: PassRecord, tracker: str, key: TicketKey, step: str) -> int:
    """Record that a tracker is about to be called; returns the intent's number."""
    row: Row = {
        "tracker": tracker,
        "team": key.cause.team,
        "lineage": key.cause.lineage,
        "generation": key.generation,
        "step": step,
        "begun_at": connection.scalar(select(_now(connection))),
        "opened_in": this.number,
    }
    (number,) = add_numbered(connection, ticket_intents, [row])
    return number


def settle(connection: Connection, this: PassRecord, intent: int) -> None:
    """Record that a call's answer is known; the first time counts."""
    statement = update(ticket_intents).where(ticket_intents.c.id == intent)
    connection.execute(statement.where(still_open(ticket_intents)).values(closed_in=this.number))


def unsettled(connection: Connection) -> dict[int, Begun]:
    """Calls whose answer was lost, oldest first."""
    age = _now(connection) - ticket_intents.c.begun_at
    statement = (
        select(ticket_intents, passes.c.at, age.label("age"))
        .join(passes, passes.c.id == ticket_intents.c.opened_in)
        .where(still_open(ticket_intents))
    )
    return {
        row.id: Begun(
            key=TicketKey(row.generation, Cause(row.team, row.lineage)),
            tracker=row.tracker,
            step=row.step,
            at=row.at,
            age=_LONG_AGO if row.age is None else timedelta(seconds=float(row.age)),
        )
        for row in connection.execute(statement.order_by(ticket_intents.c.id))
    }


def _now(connection: Connection) -> ColumnElement[Any]:
    """The database's clock, in seconds since 1970."""
    if connection.dialect.name == "sqlite":
        return (func.julianday("now") - _EPOCH_IN_JULIAN_DAYS) * 86400.0
    return extract("epoch", func.clock_timestamp())
