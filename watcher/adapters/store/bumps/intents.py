"""Calls to trackers: committed before they are made, settled when their answer is known."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from watcher.adapters.store.engine import Row, add_numbered, still_open
from watcher.adapters.store.tables.filing import ticket_intents
from watcher.domain.ticket import Cause, TicketKey
from watcher.ports.store.passes import PassRecord


def add(connection: Connection, this: PassRecord, tracker: str, key: TicketKey, step: str) -> int:
    """Record that a tracker is about to be called; returns the intent's number."""
    row: Row = {
        "tracker": tracker,
        "team": key.cause.team,
        "lineage": key.cause.lineage,
        "generation": key.generation,
        "step": step,
        "opened_in": this.number,
    }
    (number,) = add_numbered(connection, ticket_intents, [row])
    return number


def settle(connection: Connection, this: PassRecord, intent: int) -> None:
    """Record that a call's answer is known; the first time counts."""
    statement = update(ticket_intents).where(ticket_intents.c.id == intent)
    connection.execute(statement.where(still_open(ticket_intents)).values(closed_in=this.number))


def unsettled(connection: Connection) -> dict[int, TicketKey]:
    """Calls whose answer was lost, oldest first."""
    statement = select(ticket_intents).where(still_open(ticket_intents))
    return {
        row.id: TicketKey(row.generation, Cause(row.team, row.lineage))
        for row in connection.execute(statement.order_by(ticket_intents.c.id))
    }
