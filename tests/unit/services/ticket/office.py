"""A tracker and a record of tickets in memory, and a stage between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from tests.fakes.tracker import FakeTracker
from tests.unit.domain.days import day
from tests.unit.report.figures.bumps import CAUSE, line, plan
from watcher.domain.ticket import BumpTicket, Cause, Line, Step, Terms, TicketKey
from watcher.ports.store.bumps import Begun, Remembered
from watcher.ports.store.passes import PassRecord
from watcher.ports.tracker import Ticket
from watcher.report.ticket import board, draft
from watcher.services.outcome import Outcome
from watcher.services.ticket import Filing, TicketStage


@dataclass(slots=True)
class Record:
    """Signs what of `Bumps` the stage uses."""

    plans: Sequence[BumpTicket] = ()
    held: dict[TicketKey, Remembered] = field(default_factory=dict)
    begun: dict[int, tuple[TicketKey, str]] = field(default_factory=dict)
    age: timedelta = timedelta(0)  # of every call that was begun
    calls: int = 0

    def planned(self, _upto: int) -> list[BumpTicket]:
        return list(self.plans)

    def remembered(self) -> list[Remembered]:
        return [self.held[key] for key in sorted(self.held, key=lambda key: (key.cause, key))]

    def intend(self, _this: PassRecord, _tracker: str, key: TicketKey, step: str) -> int:
        self.calls += 1
        self.begun[self.calls] = (key, step)
        return self.calls

    def settle(self, _this: PassRecord, intent: int) -> None:
        self.begun.pop(intent, None)

    def unsettled(self) -> dict[int, Begun]:
        return {
            number: Begun(key, "tickets", step, day(0), self.age)
            for number, (key, step) in self.begun.items()
        }

    def filed(self, _this: PassRecord, ticket: Remembered) -> None:
        self.held[ticket.key] = ticket


@dataclass(slots=True)
class Office:
    """The team `shop` files in the tracker `tickets`; `quiet` has none."""

    tracker: FakeTracker = field(default_factory=FakeTracker)
    record: Record = field(default_factory=Record)
    per_hour: int = 5
    open_at_most: int = 20
    kev: bool = False
    dashboard: bool = False
    approval: bool = False

    def plan(self, *lines: Line, cause: Cause = CAUSE, **told: Any) -> None:  # noqa: ANN401 any field
        """Let this be the plan of a cause, beside those of others."""
        others = [one for one in self.record.plans if one.cause != cause]
        self.record.plans = [*others, plan(lines, cause, **told)]

    def unplan(self) -> None:
        """Let nothing be planned."""
        self.record.plans = ()

    def stage(self) -> TicketStage:
        trackers = {"shop": "tickets", "pay": "tickets", "typo": "nowhere"}
        filing = Filing(
            trackers.get,
            self.per_hour,
            self.open_at_most,
            Terms(kev=self.kev),
            approval=self.approval,
            has_dashboard=lambda _: self.dashboard,
        )
        store: Any = self.record
        return TicketStage({"tickets": self.tracker}, filing, store, draft, board)

    def take(self, at: float) -> Outcome:
        """Take the stage on a day, with the plans drawn on that day."""
        self.record.plans = [replace(one, as_of=day(at)) for one in self.record.plans]
        return self.stage().take(PassRecord(1, day(at)))

    def counts(self, at: float) -> tuple[int, int, int]:
        """How many tickets were created, updated and closed on a day."""
        told = self.take(at).counts
        return told["tickets_created"], told["tickets_updated"], told["tickets_closed"]

    def preview(self, at: float) -> dict[Cause, Step]:
        plans = {one.cause: one for one in self.record.plans}
        told = self.stage().preview(plans, day(at))
        return {cause: one.step for cause, one in told.items()}

    @property
    def tickets(self) -> dict[str, Ticket]:
        """What the tracker shows, by id."""
        return {one.id: one for one in self.tracker.tickets().tickets}


def office() -> Office:
    """One plan with two lines to do."""
    made = Office()
    made.plan(line("api", 2), line("web", 1))
    return made
