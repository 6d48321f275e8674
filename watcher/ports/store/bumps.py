"""Facts of bumps and tickets: what was planned, what was filed, and what was begun."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from watcher.domain.ticket import BumpTicket, Cause, Line, Rated, TicketKey
from watcher.ports.store.ledger import Track
from watcher.ports.store.passes import PassRecord

Since = Mapping[str, Mapping[Track, datetime]]  # by the name of a vulnerability


@dataclass(frozen=True, slots=True)
class Begun:
    """A call to a tracker whose answer is not known, and for how long it has been under way.

    The age is by the database's clock, whatever the time of a pass; `at` is that of its pass.
    """

    key: TicketKey
    tracker: str
    step: str
    at: datetime
    age: timedelta


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of a ticket: where it is, and what its text said when it was written.

    `filed_at` is when it was first recorded; None for one that was not yet. `place` is the
    tracker's own name for the project that holds it. `gone` is one that a complete listing lacked.
    """

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
    filed_at: datetime | None = None
    place: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class RecordedBump:
    """A cause as the record held it after a pass: its plan, and its tickets by generation.

    `stands` says whether the plan was in force; else it is the last that was drawn.
    """

    plan: BumpTicket
    stands: bool
    tickets: tuple[Remembered, ...] = ()


class Bumps(Protocol):
    """The record of bumps and tickets."""

    def planned(self, upto: int) -> list[BumpTicket]:
        """The plans as they stood after a pass, by team and lineage."""

    def planned_last(self, upto: int, causes: Collection[Cause]) -> list[BumpTicket]:
        """The last plan of each of these causes recorded by a pass, standing or not."""

    def plan(self, this: PassRecord, bumps: Sequence[BumpTicket]) -> None:
        """Make the recorded plans the given ones; a plan whose substance is the same may stand."""

    def open_since(self, tracks: Collection[Track], names: Collection[str]) -> Since:
        """Since when vulnerabilities of these names have been open in tracks, by both."""

    def remembered(self, upto: int | None = None) -> list[Remembered]:
        """Every ticket filed by a pass, with what its text said last; by cause and generation.

        Without a pass: as it is remembered now.
        """

    def intend(self, this: PassRecord, tracker: str, key: TicketKey, step: str) -> int:
        """Commit that a tracker is about to be called; returns the intent's number."""

    def settle(self, this: PassRecord, intent: int) -> None:
        """Record that a call's answer is known."""

    def unsettled(self) -> dict[int, Begun]:
        """Calls whose answer was lost, by the intent's number."""

    def filed(self, this: PassRecord, ticket: Remembered) -> None:
        """Record a ticket, new or changed, and what its text says."""


def recorded(store: Bumps, upto: int, since: datetime) -> list[RecordedBump]:
    """What stood planned after a pass, or had a ticket that was open or closed after `since`."""
    tickets: dict[Cause, list[Remembered]] = defaultdict(list)
    for one in store.remembered(upto):
        tickets[one.key.cause].append(one)
    standing = {one.cause: one for one in store.planned(upto)}
    lately = {
        cause
        for cause, found in tickets.items()
        if any(one.closed_at is None or one.closed_at > since for one in found)
    }
    others = store.planned_last(upto, lately - standing.keys())
    plans = {**standing, **{one.cause: one for one in others}}
    return [
        RecordedBump(plans[cause], cause in standing, tuple(tickets[cause]))
        for cause in sorted(plans)
    ]
