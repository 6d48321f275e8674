"""Ticket: bring the trackers to what the plans want, one ticket for each cause, never twice.

An intent is committed before a tracker is called, and settled when the answer is known. A create
whose answer was lost is never made again: the next pass finds the ticket by its key, or files it
anew because a complete listing lacks it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from watcher.domain.errors import WatcherError
from watcher.domain.ticket import (
    BumpTicket,
    Cause,
    Close,
    Create,
    Filed,
    Rated,
    Reopen,
    Settle,
    Step,
    Terms,
    TicketKey,
    Update,
    Wanted,
    decide,
)
from watcher.domain.ticket.state import State, fingerprint
from watcher.ports.store.bumps import Bumps, Remembered
from watcher.ports.store.passes import PassRecord
from watcher.ports.tracker import Listing, Ticket, TicketWriter, Tracker, UncertainError
from watcher.services.outcome import Outcome

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Filing:
    """What the configuration says: which tracker a team has, how many tickets, for how long."""

    tracker_of: Callable[[str], str | None]
    per_hour: int
    open_at_most: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class _Case:
    """A cause with its plan, the tracker's tickets, and what is remembered of them."""

    cause: Cause
    plan: BumpTicket | None
    remembered: Mapping[TicketKey, Remembered]
    tickets: Mapping[TicketKey, Ticket]
    unreadable: Mapping[TicketKey, str]


@dataclass(slots=True)
class _Desk:
    """One tracker during a pass."""

    tracker: Tracker
    this: PassRecord
    outcome: Outcome
    opened: int
    lately: int
    settled: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TicketStage:
    """The stage with what it needs."""

    trackers: Mapping[str, Tracker]
    filing: Filing
    store: Bumps
    write: TicketWriter

    def take(self, this: PassRecord) -> Outcome:
        """File, update and close what the plans ask for."""
        outcome = Outcome("ticket")
        plans = {one.cause: one for one in self.store.planned(this.number)}
        remembered = self.store.remembered()
        for name, causes in self._by_tracker(plans, remembered).items():
            tracker = self.trackers.get(name)
            if tracker is not None:
                mine = [one for one in remembered if one.tracker == name]
                self._tend(tracker, this, {c: plans.get(c) for c in causes}, mine, outcome)
        return outcome

    def _by_tracker(
        self, plans: Mapping[Cause, BumpTicket], remembered: Iterable[Remembered]
    ) -> dict[str, set[Cause]]:
        found: dict[str, set[Cause]] = defaultdict(set)
        for cause in plans:
            name = self.filing.tracker_of(cause.team)
            if name is not None:
                found[name].add(cause)
        for one in remembered:
            if one.closed_at is None or one.key.cause in plans:
                found[one.tracker].add(one.key.cause)
        return found

    def _tend(
        self,
        tracker: Tracker,
        this: PassRecord,
        plans: Mapping[Cause, BumpTicket | None],
        remembered: Sequence[Remembered],
        outcome: Outcome,
    ) -> None:
        try:
            listing = tracker.tickets([one.ticket for one in remembered])
        except WatcherError as error:
            outcome.failed(tracker.name, error)
            return
        for intent, key in self.store.unsettled().items():
            if key.cause in plans:
                self.store.settle(this, intent)  # the listing answers what the call did not
        opened = sum(ticket.state == "open" for ticket in listing.tickets)
        lately = sum(
            one.created_at is not None and this.at - one.created_at < _HOUR
            for one in listing.tickets
        )
        desk = _Desk(tracker, this, outcome, opened, lately)
        for cause in sorted(plans):
            self._attend(desk, _case(cause, plans[cause], remembered, listing))

    def _attend(self, desk: _Desk, case: _Case) -> None:
        plan = case.plan
        remembered = self._noticed(desk, case)
        if plan is None:
            return
        current = max((k for k, t in case.tickets.items() if t.state == "open"), default=None)
        draft = self.write(plan, current or TicketKey(1, case.cause))
        wanted = Wanted.of(plan, draft.body, self._hold(desk))
        filed = [_filed(key, case, remembered.get(key)) for key in _keys(case)]
        step = decide(wanted, filed, desk.this.at, self.filing.terms)
        try:
            self._do(desk, case, plan, wanted, step)
        except WatcherError as error:
            desk.outcome.failed(f"{desk.tracker.name}: {case.cause.lineage}", error)

    def _noticed(self, desk: _Desk, case: _Case) -> dict[TicketKey, Remembered]:
        """Remember closes that people made, and tickets filed in a call whose answer was lost."""
        known = dict(case.remembered)
        for key, ticket in case.tickets.items():
            held = known.get(key)
            if held is None:
                known[key] = _adopted(desk.tracker.name, ticket)
            elif ticket.state == "closed" and held.closed_by is None:
                closed_at = min(ticket.updated_at or desk.this.at, desk.this.at)
                known[key] = replace(held, closed_by="person", closed_at=closed_at)
            elif ticket.state == "open" and held.closed_by is not None:
                known[key] = replace(held, closed_by=None, closed_at=None)
            if known[key] is not held:
                self.store.filed(desk.this, known[key])
        return known

    def _hold(self, desk: _Desk) -> str | None:
        if desk.opened >= self.filing.open_at_most:
            return f"{desk.opened} tickets are open, the most that tickets.open_at_most allows"
        if desk.lately >= self.filing.per_hour:
            return f"{desk.lately} tickets were filed within the hour, as tickets.per_hour allows"
        return None

    def _do(self, desk: _Desk, case: _Case, plan: BumpTicket, wanted: Wanted, step: Step) -> None:
        match step:
            case Create(key):
                self._create(desk, plan, wanted, key)
            case Update():
                self._rewrite(desk, case, plan, wanted, step)
                desk.outcome.counts["tickets_updated"] += 1
            case Close():
                self._rewrite(desk, case, plan, wanted, step)
                desk.outcome.counts["tickets_closed"] += 1
                desk.opened -= 1
            case Reopen():
                self._rewrite(desk, case, plan, wanted, step)
                desk.outcome.counts["tickets_updated"] += 1
                desk.opened += 1
            case Settle():
                held = next(one for one in case.remembered.values() if one.ticket == step.ticket)
                self.store.filed(desk.this, replace(held, closed_by="watcher"))
            case _:
                pass

    def _create(self, desk: _Desk, plan: BumpTicket, wanted: Wanted, key: TicketKey) -> None:
        draft = self.write(plan, key)
        intent = self.store.intend(desk.this, desk.tracker.name, key, "create")
        try:
            ticket = desk.tracker.create(draft, desk.this.at)
        except UncertainError:
            raise  # the intent stays: only a listing can tell
        except WatcherError:
            self.store.settle(desk.this, intent)
            raise
        held = _adopted(desk.tracker.name, ticket)
        self.store.filed(desk.this, _memory(held, plan, wanted, ticket.body, desk.this.at))
        self.store.settle(desk.this, intent)
        desk.outcome.counts["tickets_created"] += 1
        desk.opened += 1
        desk.lately += 1

    def _rewrite(
        self,
        desk: _Desk,
        case: _Case,
        plan: BumpTicket,
        wanted: Wanted,
        step: Update | Close | Reopen,
    ) -> None:
        ticket = next(one for one in case.tickets.values() if one.id == step.ticket)
        body, at = self.write(plan, ticket.key).body, desk.this.at
        name = type(step).__name__.lower()
        intent = self.store.intend(desk.this, desk.tracker.name, ticket.key, name)
        match step:
            case Update():
                written = desk.tracker.update(ticket, body, at)
                if step.announce:
                    desk.tracker.comment(
                        written, f"The move is another one now: {wanted.action}", at
                    )
            case Close():
                written = desk.tracker.close(ticket, body, at)
            case Reopen():
                written = desk.tracker.reopen(ticket, body, at)
        held = case.remembered.get(ticket.key) or _adopted(desk.tracker.name, ticket)
        told = _memory(held, plan, wanted, written.body, at)
        by_us = isinstance(step, Close)
        told = replace(
            told, closed_by="watcher" if by_us else None, closed_at=at if by_us else None
        )
        self.store.filed(desk.this, told)
        self.store.settle(desk.this, intent)


def _case(
    cause: Cause, plan: BumpTicket | None, remembered: Iterable[Remembered], listing: Listing
) -> _Case:
    return _Case(
        cause=cause,
        plan=plan,
        remembered={one.key: one for one in remembered if one.key.cause == cause},
        tickets={one.key: one for one in listing.tickets if one.key.cause == cause},
        unreadable={
            one.key: one.reason
            for one in listing.unreadable
            if one.key is not None and one.key.cause == cause
        },
    )


def _keys(case: _Case) -> list[TicketKey]:
    return sorted(case.remembered.keys() | case.tickets.keys() | case.unreadable.keys())


def _filed(key: TicketKey, case: _Case, held: Remembered | None) -> Filed:
    ticket = case.tickets.get(key)
    state: State = "gone" if ticket is None else ticket.state
    if key in case.unreadable:
        state = "unreadable"
    told = held or (_adopted("", ticket) if ticket else None)
    if told is None:
        return Filed(ticket=str(key), generation=key.generation, state="unreadable", text="")
    return Filed(
        ticket=ticket.id if ticket else told.ticket,
        generation=key.generation,
        state=state,
        text=fingerprint(ticket.body) if ticket else "",
        written=told.written,
        written_at=told.written_at,
        substance=told.substance,
        action=told.action,
        lines={line.name: line.done is not None for line in told.lines},
        listed=told.listed,
        outstanding=told.outstanding,
        closed_by=told.closed_by,  # type: ignore[arg-type]  # the record holds nothing else
        closed_at=told.closed_at,
    )


def _adopted(tracker: str, ticket: Ticket) -> Remembered:
    return Remembered(ticket.key, tracker, ticket.id, ticket.url, None, None)


def _memory(
    held: Remembered, plan: BumpTicket, wanted: Wanted, body: str, at: datetime
) -> Remembered:
    listed: dict[str, Rated] = {**held.listed, **wanted.outstanding}
    return replace(
        held,
        written=fingerprint(body),
        written_at=at,
        substance=wanted.substance,
        action=wanted.action,
        lines=plan.lines,
        listed=listed,
        outstanding=wanted.outstanding,
    )
