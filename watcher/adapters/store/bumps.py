"""The record of bumps and tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Row, insert, select, update

from watcher.adapters.store.asof import visible
from watcher.adapters.store.engine import Row as NewRow
from watcher.adapters.store.engine import add_numbered, add_rows, batches
from watcher.adapters.store.tables.filing import (
    bump_plans,
    ticket_intents,
    ticket_texts,
    tickets,
)
from watcher.adapters.store.tables.knowledge import vulnerabilities
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.domain.ticket import BumpTicket, Cause, Line, Rated, TicketKey
from watcher.ports.store.bumps import Remembered
from watcher.ports.store.ledger import Track
from watcher.ports.store.passes import PassRecord

_FRESH = timedelta(days=1)  # how long a plan may stand whose figures only move by time


@dataclass(frozen=True, slots=True)
class _Memory:
    """What a ticket's text said, as it is kept."""

    substance: str | None
    action: str | None
    lines: tuple[Line, ...]
    listed: Mapping[str, Rated]
    outstanding: Mapping[str, Rated]


_PLAN = TypeAdapter(BumpTicket)
_MEMORY = TypeAdapter(_Memory)


@dataclass(frozen=True, slots=True)
class SqlBumps:
    """Signs the port `Bumps`."""

    engine: Engine

    def planned(self, upto: int) -> list[BumpTicket]:
        """The plans as they stood after a pass, by team and lineage."""
        statement = select(bump_plans.c.body).where(visible(bump_plans, upto))
        statement = statement.order_by(bump_plans.c.team, bump_plans.c.lineage)
        with self.engine.connect() as connection:
            return [_PLAN.validate_python(body) for body in connection.scalars(statement)]

    def plan(self, this: PassRecord, bumps: Sequence[BumpTicket]) -> None:
        """Make the recorded plans the given ones; a plan whose substance is the same may stand."""
        wanted = {(one.cause.team, one.cause.lineage): one for one in bumps}
        with self.engine.begin() as connection:
            statement = select(bump_plans).where(bump_plans.c.superseded_in.is_(None))
            held = {(row.team, row.lineage): row for row in connection.execute(statement)}
            standing = {cause for cause, row in held.items() if _stands(row, wanted.get(cause))}
            outdated = [row.id for cause, row in held.items() if cause not in standing]
            for batch in batches(outdated):
                over = update(bump_plans).where(bump_plans.c.id.in_(batch))
                connection.execute(over.values(superseded_in=this.number))
            new = [one for cause, one in sorted(wanted.items()) if cause not in standing]
            add_rows(connection, bump_plans, [_plan_row(this, one) for one in new])

    def open_since(self, tracks: Sequence[Track]) -> dict[tuple[Track, str], datetime]:
        """Since when vulnerabilities (by name) have been open in tracks."""
        wanted = frozenset(tracks)
        found: dict[tuple[Track, str], datetime] = {}
        with self.engine.connect() as connection:
            for batch in batches(sorted({track.stream for track in wanted})):
                statement = (
                    select(
                        windows.c.stream_id,
                        windows.c.platform,
                        vulnerabilities.c.name,
                        episodes.c.start_at,
                    )
                    .join(episodes, episodes.c.window_id == windows.c.id)
                    .join(vulnerabilities, vulnerabilities.c.id == windows.c.vulnerability_id)
                    .where(windows.c.stream_id.in_(batch))
                    .where(episodes.c.end_at.is_(None), episodes.c.superseded_in.is_(None))
                )
                for row in connection.execute(statement):
                    track = Track(row.stream_id, row.platform)
                    if track in wanted:
                        found[track, row.name] = row.start_at
        return found

    def remembered(self) -> list[Remembered]:
        """Every ticket ever filed, with what its text said last; by cause and generation."""
        statement = (
            select(tickets, ticket_texts.c.fingerprint, ticket_texts.c.memory)
            .add_columns(ticket_texts.c.written_at)
            .outerjoin(
                ticket_texts,
                (ticket_texts.c.ticket_id == tickets.c.id) & ticket_texts.c.superseded_in.is_(None),
            )
            .order_by(tickets.c.team, tickets.c.lineage, tickets.c.generation)
        )
        with self.engine.connect() as connection:
            return [_remembered(row) for row in connection.execute(statement)]

    def intend(self, this: PassRecord, tracker: str, key: TicketKey, step: str) -> int:
        """Commit that a tracker is about to be called; returns the intent's number."""
        row: NewRow = {
            "tracker": tracker,
            "team": key.cause.team,
            "lineage": key.cause.lineage,
            "generation": key.generation,
            "step": step,
            "opened_in": this.number,
        }
        with self.engine.begin() as connection:
            (number,) = add_numbered(connection, ticket_intents, [row])
        return number

    def settle(self, this: PassRecord, intent: int) -> None:
        """Record that a call's answer is known."""
        statement = update(ticket_intents).where(ticket_intents.c.id == intent)
        with self.engine.begin() as connection:
            connection.execute(statement.values(closed_in=this.number))

    def unsettled(self) -> dict[int, TicketKey]:
        """Calls whose answer was lost: the intent's number, and the ticket it was about."""
        statement = select(ticket_intents).where(ticket_intents.c.closed_in.is_(None))
        with self.engine.connect() as connection:
            return {
                row.id: TicketKey(row.generation, Cause(row.team, row.lineage))
                for row in connection.execute(statement)
            }

    def filed(self, this: PassRecord, ticket: Remembered) -> None:
        """Record a ticket, new or changed, and what its text says."""
        with self.engine.begin() as connection:
            number = _ticket_number(connection, this, ticket)
            _remember(connection, this, number, ticket)


def _stands(row: Row[tuple[object, ...]], wanted: BumpTicket | None) -> bool:
    if wanted is None:
        return False
    fresh = wanted.as_of - row.drawn_at < _FRESH
    return bool(fresh and row.substance == wanted.substance)


def _plan_row(this: PassRecord, one: BumpTicket) -> NewRow:
    return {
        "team": one.cause.team,
        "lineage": one.cause.lineage,
        "substance": one.substance,
        "body": _PLAN.dump_python(one, mode="json"),
        "drawn_at": one.as_of,
        "opened_in": this.number,
    }


def _remembered(row: Row[tuple[object, ...]]) -> Remembered:
    memory = _MEMORY.validate_python(row.memory) if row.memory is not None else None
    told: dict[str, Any] = {}
    if memory is not None:
        told = {
            "written": row.fingerprint,
            "written_at": row.written_at,
            "substance": memory.substance,
            "action": memory.action,
            "lines": memory.lines,
            "listed": memory.listed,
            "outstanding": memory.outstanding,
        }
    return Remembered(
        key=TicketKey(row.generation, Cause(row.team, row.lineage)),
        tracker=row.tracker,
        ticket=row.ticket,
        url=row.url,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        **told,
    )


def _ticket_number(connection: Connection, this: PassRecord, ticket: Remembered) -> int:
    cause = ticket.key.cause
    statement = select(tickets.c.id).where(
        tickets.c.team == cause.team,
        tickets.c.lineage == cause.lineage,
        tickets.c.generation == ticket.key.generation,
    )
    values: NewRow = {
        "tracker": ticket.tracker,
        "ticket": ticket.ticket,
        "url": ticket.url,
        "closed_by": ticket.closed_by,
        "closed_at": ticket.closed_at,
        "closed_in": this.number if ticket.closed_by else None,
    }
    number = connection.scalar(statement)
    if number is not None:
        connection.execute(update(tickets).where(tickets.c.id == number).values(values))
        return int(number)
    names: NewRow = {
        "team": cause.team,
        "lineage": cause.lineage,
        "generation": ticket.key.generation,
        "opened_in": this.number,
    }
    return add_numbered(connection, tickets, [{**names, **values}])[0]


def _remember(connection: Connection, this: PassRecord, number: int, ticket: Remembered) -> None:
    if ticket.written is None or ticket.written_at is None:
        return
    memory = _Memory(
        ticket.substance, ticket.action, ticket.lines, ticket.listed, ticket.outstanding
    )
    current = (ticket_texts.c.ticket_id == number) & ticket_texts.c.superseded_in.is_(None)
    body = _MEMORY.dump_python(memory, mode="json")
    held = connection.execute(select(ticket_texts).where(current)).first()
    if held is not None and (held.fingerprint, held.memory) == (ticket.written, body):
        return
    connection.execute(update(ticket_texts).where(current).values(superseded_in=this.number))
    row = {
        "ticket_id": number,
        "fingerprint": ticket.written,
        "memory": body,
        "written_at": ticket.written_at,
        "opened_in": this.number,
    }
    connection.execute(insert(ticket_texts).values(row))
