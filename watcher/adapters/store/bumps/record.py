"""The port `Bumps` over one database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from watcher.adapters.store.bumps import intents, memory, plans, since
from watcher.adapters.store.writing import writing
from watcher.domain.ticket import BumpTicket, Cause, TicketKey
from watcher.ports.store.bumps import Begun, Remembered, Since
from watcher.ports.store.ledger import Track
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlBumps:
    """Signs the port `Bumps`."""

    engine: Engine

    def planned(self, upto: int) -> list[BumpTicket]:
        """The plans as they stood after a pass, by team and lineage."""
        with self.engine.connect() as connection:
            return plans.standing(connection, upto)

    def planned_last(self, upto: int, causes: Collection[Cause]) -> list[BumpTicket]:
        """The last plan of each of these causes recorded by a pass, standing or not."""
        with self.engine.connect() as connection:
            return plans.last(connection, upto, frozenset(causes))

    def plan(self, this: PassRecord, bumps: Sequence[BumpTicket]) -> None:
        """Make the recorded plans the given ones; a plan whose substance is the same may stand."""
        with writing(self.engine, this) as connection:
            plans.replace(connection, this, {one.cause: one for one in bumps})

    def open_since(self, tracks: Collection[Track], names: Collection[str]) -> Since:
        """Since when vulnerabilities of these names have been open in tracks."""
        with self.engine.connect() as connection:
            return since.read_since(connection, tracks, names) if tracks and names else {}

    def remembered(self, upto: int | None = None) -> list[Remembered]:
        """Every ticket filed by a pass, with what its text said last; by cause and generation."""
        with self.engine.connect() as connection:
            return memory.remembered(connection, upto)

    def intend(self, this: PassRecord, tracker: str, key: TicketKey, step: str) -> int:
        """Commit that a tracker is about to be called; returns the intent's number."""
        with writing(self.engine, this) as connection:
            return intents.add(connection, this, tracker, key, step)

    def settle(self, this: PassRecord, intent: int) -> None:
        """Record that a call's answer is known."""
        with writing(self.engine, this) as connection:
            intents.settle(connection, this, intent)

    def unsettled(self) -> dict[int, Begun]:
        """Calls whose answer was lost: the intent's number, and the ticket it was about."""
        with self.engine.connect() as connection:
            return intents.unsettled(connection)

    def filed(self, this: PassRecord, ticket: Remembered) -> None:
        """Record a ticket, new or changed, and what its text says."""
        with writing(self.engine, this) as connection:
            memory.remember(connection, this, ticket)
