"""What is remembered of tickets: where each is, and a row for each time what is known changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, func, insert, select, update

from watcher.adapters.store.aliases import read_renames
from watcher.adapters.store.asof import visible
from watcher.adapters.store.engine import Row as NewRow
from watcher.adapters.store.engine import add_numbered
from watcher.adapters.store.tables.filing import ticket_texts, tickets
from watcher.domain.ticket import Cause, Line, Rated, TicketKey
from watcher.ports.store.bumps import Remembered
from watcher.ports.store.passes import PassRecord

_UNWRITTEN = ""  # the fingerprint of a ticket whose text was never written by us


@dataclass(frozen=True, slots=True)
class _Memory:
    """What a ticket's text said and whether it was closed, as it is kept."""

    substance: str | None
    action: str | None
    lines: tuple[Line, ...]
    listed: Mapping[str, Rated]
    outstanding: Mapping[str, Rated]
    closed_by: Literal["watcher", "person"] | None = None
    closed_at: datetime | None = None
    place: str | None = None
    gone: bool = False


_MEMORY = TypeAdapter(_Memory)


def remembered(connection: Connection, upto: int | None) -> list[Remembered]:
    """Every ticket filed by a pass as it was remembered then; None: as it is now."""
    now = ticket_texts.c.superseded_in.is_(None)
    every = ticket_texts.alias()
    first = select(every.c.ticket_id, func.min(every.c.written_at).label("filed_at"))
    filed = first.group_by(every.c.ticket_id).subquery()
    statement = (
        select(tickets, ticket_texts.c.fingerprint, ticket_texts.c.memory)
        .add_columns(ticket_texts.c.written_at, filed.c.filed_at)
        .join(ticket_texts, ticket_texts.c.ticket_id == tickets.c.id)
        .join(filed, filed.c.ticket_id == tickets.c.id)
        .where(now if upto is None else visible(ticket_texts, upto))
    )
    called = read_renames(connection, upto)
    found = [_remembered(row, called) for row in connection.execute(statement)]
    # Sorted here, for each server has its own idea of letters.
    return sorted(found, key=lambda one: (one.key.cause, one.key.generation))


def remember(connection: Connection, this: PassRecord, ticket: Remembered) -> None:
    """Record a ticket, new or changed; nothing is written where nothing is news."""
    number = _number(connection, this, ticket)
    written_at = ticket.written_at or this.at
    told = (ticket.written or _UNWRITTEN, _MEMORY.dump_python(_memory(ticket), mode="json"))
    current = (ticket_texts.c.ticket_id == number) & ticket_texts.c.superseded_in.is_(None)
    held = connection.execute(select(ticket_texts).where(current)).first()
    if held is not None and (held.fingerprint, held.memory) == told:
        return
    connection.execute(update(ticket_texts).where(current).values(superseded_in=this.number))
    row = {
        "ticket_id": number,
        "fingerprint": told[0],
        "memory": told[1],
        "written_at": written_at,
        "opened_in": this.number,
    }
    connection.execute(insert(ticket_texts).values(row))


def _number(connection: Connection, this: PassRecord, ticket: Remembered) -> int:
    """The ticket's own row, with where it is and whether it is closed now."""
    names: NewRow = {
        "team": ticket.key.cause.team,
        "lineage": ticket.key.cause.lineage,
        "generation": ticket.key.generation,
    }
    values: NewRow = {
        "tracker": ticket.tracker,
        "ticket": ticket.ticket,
        "url": ticket.url,
        "closed_by": ticket.closed_by,
        "closed_at": ticket.closed_at,
        "closed_in": this.number if ticket.closed_by else None,
    }
    same = [tickets.c[name] == value for name, value in names.items()]
    number = connection.scalar(select(tickets.c.id).where(*same))
    if number is None:
        return add_numbered(connection, tickets, [{**names, **values, "opened_in": this.number}])[0]
    connection.execute(update(tickets).where(tickets.c.id == number).values(values))
    return int(number)


def _memory(ticket: Remembered) -> _Memory:
    return _Memory(
        substance=ticket.substance,
        action=ticket.action,
        lines=ticket.lines,
        listed=ticket.listed,
        outstanding=ticket.outstanding,
        closed_by=ticket.closed_by,
        closed_at=ticket.closed_at,
        place=ticket.place,
        gone=ticket.gone,
    )


def _renamed(told: Mapping[str, Rated], called: Mapping[str, str]) -> dict[str, Rated]:
    """What was written of vulnerabilities, by the ids they have now."""
    return {called.get(name, name): rated for name, rated in told.items()}


def _remembered(row: Row[tuple[object, ...]], called: Mapping[str, str]) -> Remembered:
    memory = _MEMORY.validate_python(row.memory)
    written = row.fingerprint != _UNWRITTEN
    return Remembered(
        key=TicketKey(row.generation, Cause(row.team, row.lineage)),
        tracker=row.tracker,
        ticket=row.ticket,
        url=row.url,
        closed_by=memory.closed_by,
        closed_at=memory.closed_at,
        written=row.fingerprint if written else None,
        written_at=row.written_at if written else None,
        substance=memory.substance,
        action=memory.action,
        lines=memory.lines,
        listed=_renamed(memory.listed, called),
        outstanding=_renamed(memory.outstanding, called),
        filed_at=row.filed_at,
        place=memory.place,
        gone=memory.gone,
    )
