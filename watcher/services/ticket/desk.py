"""One tracker during a pass: what it shows, and the calls that are made to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from watcher.domain.errors import AttemptError, PermanentError
from watcher.domain.package import rank
from watcher.domain.ticket import (
    BumpTicket,
    Close,
    Create,
    Nothing,
    Reopen,
    Settle,
    Step,
    TicketKey,
    Update,
    Wanted,
    relabelled,
    severity_label,
)
from watcher.domain.ticket.state import fingerprint
from watcher.ports.store.bumps import Bumps, Remembered
from watcher.ports.store.passes import PassRecord
from watcher.ports.tracker import TicketWriter, Tracker, UncertainError
from watcher.services.outcome import Outcome
from watcher.services.ticket.case import Case, adopted, remembering


@dataclass(slots=True)
class Desk:
    """Takes the steps that were decided, each with an intent around the call."""

    tracker: Tracker
    store: Bumps
    write: TicketWriter
    this: PassRecord
    outcome: Outcome
    opened: int  # open tickets in the tracker
    lately: int  # tickets filed within the hour

    def take(self, case: Case, plan: BumpTicket, wanted: Wanted, step: Step) -> None:
        """Take one step; raises what the tracker raises."""
        match step:
            case Create(key):
                self._create(plan, wanted, key)
            case Update() | Close() | Reopen():
                self._rewrite(case, plan, wanted, step)
            case Settle():
                held = next(one for one in case.remembered.values() if one.ticket == step.ticket)
                self._confirm(case, plan, wanted, held)
            case Nothing() if case.open_key in case.remembered:
                self._recall(case, plan, wanted, case.remembered[case.open_key])
            case _:
                pass

    def _recall(self, case: Case, plan: BumpTicket, wanted: Wanted, held: Remembered) -> None:
        """Remember a ticket, and what it says where that is what is wanted.

        Whoever wrote it may have died before it could remember that.
        """
        ticket = case.tickets.get(held.key)
        if ticket is not None:
            said = fingerprint(ticket.body)
            if said == fingerprint(self.write(plan, held.key).body):
                at = held.written_at if held.written == said else None
                held = remembering(held, plan.lines, wanted, ticket.body, at or self.this.at)
        self.store.filed(self.this, held)

    def _confirm(self, case: Case, plan: BumpTicket, wanted: Wanted, held: Remembered) -> None:
        """Remember a person's close as one by evidence, and have the text say so, once.

        A write that may work later is tried again while the days of grace last.
        """
        settled, ticket = replace(held, closed_by="watcher"), case.tickets.get(held.key)
        body = self.write(plan, held.key).body
        if ticket is None or fingerprint(ticket.body) == fingerprint(body):
            self._recall(case, plan, wanted, settled)
            return
        intent = self.store.intend(self.this, self.tracker.name, held.key, "settle")
        try:
            written = self.tracker.update(ticket, body, self.this.at)
        except PermanentError:
            self.store.filed(self.this, settled)
            self.store.settle(self.this, intent)
            raise
        told = remembering(settled, plan.lines, wanted, written.body, self.this.at)
        self.store.filed(self.this, told)
        self.store.settle(self.this, intent)
        self.outcome.counts["tickets_updated"] += 1

    def _create(self, plan: BumpTicket, wanted: Wanted, key: TicketKey) -> None:
        draft, at = self.write(plan, key), self.this.at
        intent = self.store.intend(self.this, self.tracker.name, key, "create")
        try:
            ticket = self.tracker.create(draft, at)
        except UncertainError:
            raise  # the intent stays: only a listing can tell
        except AttemptError:
            self.store.settle(self.this, intent)
            raise
        held = adopted(self.tracker.name, ticket)
        self.store.filed(self.this, remembering(held, plan.lines, wanted, ticket.body, at))
        self.store.settle(self.this, intent)
        self.outcome.counts["tickets_created"] += 1
        self.opened += 1
        self.lately += 1

    def _rewrite(
        self, case: Case, plan: BumpTicket, wanted: Wanted, step: Update | Close | Reopen
    ) -> None:
        ticket, at = case.ticket(step.ticket), self.this.at
        draft = self.write(plan, ticket.key)
        body = draft.body
        labels = relabelled(ticket.labels, draft.labels, _labelled(case, ticket.key))
        name = type(step).__name__.lower()
        intent = self.store.intend(self.this, self.tracker.name, ticket.key, name)
        match step:
            case Update():
                written = self.tracker.update(ticket, body, at, labels=labels)
                if step.announce:
                    self.tracker.comment(written, f"The move is another now: {wanted.action}", at)
            case Close():
                written = self.tracker.close(ticket, body, at)
                self.opened -= 1
            case Reopen():
                written = self.tracker.reopen(ticket, body, at, labels=labels)
                self.opened += 1
        closed = isinstance(step, Close)
        held = case.remembered.get(ticket.key) or adopted(self.tracker.name, ticket)
        told = remembering(held, plan.lines, wanted, written.body, at)
        when = at if closed else None
        told = replace(told, closed_by="watcher" if closed else None, closed_at=when)
        self.store.filed(self.this, told)
        self.store.settle(self.this, intent)
        self.outcome.counts["tickets_closed" if closed else "tickets_updated"] += 1


def _labelled(case: Case, key: TicketKey) -> str | None:
    """The severity's label that a ticket had by what it said last."""
    held = case.remembered.get(key)
    rated = held.outstanding.values() if held is not None else ()
    worst = min((one.severity for one in rated), key=rank, default=None)
    return severity_label(worst) if worst is not None else None
