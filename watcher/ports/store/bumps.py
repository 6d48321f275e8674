"""Facts of bumps and tickets: what was planned, what was filed, and what was begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from watcher.domain.ticket import BumpTicket, Line, Rated, TicketKey
from watcher.ports.store.ledger import Track
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of a ticket: where it is, and what its text said when it was written."""

    key: TicketKey
    tracker: str
    ticket: str
    url: str | None
    closed_by: Literal["watcher", "person"] | None
    closed_at: datetime | None
    written: str | None = None
    written_at: datetime | None = None
    substance: str | None = None
    action: str | None = None
    lines: tuple[Line, ...] = ()
    listed: Mapping[str, Rated] = field(default_factory=dict)
    outstanding: Mapping[str, Rated] = field(default_factory=dict)


class Bumps(Protocol):
    """The record of bumps and tickets."""

    def planned(self, upto: int) -> list[BumpTicket]:
        """The plans as they stood after a pass, by team and lineage."""

    def plan(self, this: PassRecord, bumps: Sequence[BumpTicket]) -> None:
        """Make the recorded plans the given ones; a plan whose substance is the same may stand."""

    def open_since(self, tracks: Sequence[Track]) -> dict[tuple[Track, str], datetime]:
        """Since when vulnerabilities (by name) have been open in tracks."""

    def remembered(self) -> list[Remembered]:
        """Every ticket ever filed, with what its text said last; by cause and generation."""

    def intend(self, this: PassRecord, tracker: str, key: TicketKey, step: str) -> int:
        """Commit that a tracker is about to be called; returns the intent's number."""

    def settle(self, this: PassRecord, intent: int) -> None:
        """Record that a call's answer is known."""

    def unsettled(self) -> dict[int, TicketKey]:
        """Calls whose answer was lost: the intent's number, and the ticket it was about."""

    def filed(self, this: PassRecord, ticket: Remembered) -> None:
        """Record a ticket, new or changed, and what its text says."""
