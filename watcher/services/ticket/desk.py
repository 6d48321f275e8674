"""One tracker during a pass: what it shows, and the calls that are made to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from watcher.domain.errors import AttemptError, PermanentError, RateLimitedError
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
from watcher.ports.tracker import BoardWriter, Ticket, Tracker, UncertainError
from watcher.services.outcome import Outcome
from watcher.services.ticket.case import Case, adopted, found, remembering
from watcher.services.ticket.shown import Shown, Writing

_TWICE: Final = (
    "This was filed twice: an answer came too late. The older ticket with the same key is kept."
)


@dataclass(slots=True)
class Desk:
    """Takes the steps that were decided, each with an intent around the call."""

    shown: Shown
    store: Bumps
    write: Writing
    this: PassRecord
    outcome: Outcome

    @property
    def tracker(self) -> Tracker:
        """The tracker that it sits at."""
        return self.shown.tracker

    def settle(self) -> None:
        """Record of which calls the listing told how they ended.

        Only when what it showed is remembered: by then nobody may know of it but by its call.
        """
        for intent in self.shown.answered:
            self.store.settle(self.this, intent)

    def retire(self) -> None:
        """Close what was filed twice in spite of all.

        Another process may have been at a call while its pass was taken over, and late.
        """
        for one in self.shown.listing.unreadable:
            if one.copy is None or one.copy.state == "closed":
                continue
            try:
                self.tracker.close(one.copy, _TWICE, self.this.at)
            except RateLimitedError:
                raise
            except AttemptError as error:
                self.outcome.failed(f"{self.tracker.name}: {one.id}", error)
            else:
                self.outcome.noticed(f"{self.tracker.name}: {one.id}", f"closed: {one.reason}")

    def take(self, case: Case, plan: BumpTicket, wanted: Wanted, step: Step) -> Ticket | None:
        """Take one step; gives the ticket where it was written. Raises what the tracker raises."""
        match step:
            case Create(key):
                return self._create(plan, wanted, key)
            case Update() | Close() | Reopen():
                return self._rewrite(case, plan, wanted, step)
            case Settle():
                held = next(one for one in case.remembered.values() if one.ticket == step.ticket)
                self._confirm(case, plan, wanted, held)
            case Nothing() if case.open_key in case.remembered:
                self._recall(case, plan, wanted, case.remembered[case.open_key])
            case _:
                pass
        return None

    def show(self, write: BoardWriter) -> None:
        """Bring the dashboard up to date, unless people closed it or nothing was ever planned."""
        board, at = self.shown.board, self.this.at
        if board.ticket is not None and board.remembered is None:
            self.store.filed(self.this, adopted(self.tracker.name, board.ticket))
        if board.ticket is None and board.remembered is not None and not board.remembered.gone:
            self.store.filed(self.this, replace(board.remembered, gone=True))
        idle = board.unwanted or (board.ticket is None and not board.lines)
        if idle or board.key in self.shown.waiting:
            return
        draft = write(board.key, board.standings(), self.tracker.medium)
        if board.written(draft.body):
            return
        name = "create" if board.ticket is None else "update"
        intent = self.store.intend(self.this, self.tracker.name, board.key, name)
        try:
            if board.ticket is None:
                ticket = self.tracker.create(draft, at)
            else:
                ticket = self.tracker.update(board.ticket, draft.body, at)
        except UncertainError as error:
            self.outcome.failed(f"{self.tracker.name}: dashboard", error)
            return
        except RateLimitedError:
            self.store.settle(self.this, intent)
            raise
        except AttemptError as error:
            self.store.settle(self.this, intent)
            self.outcome.failed(f"{self.tracker.name}: dashboard", error)
            return
        held = board.remembered or adopted(self.tracker.name, ticket)
        told = replace(
            found(self.tracker.name, held, ticket),
            written=fingerprint(ticket.body),
            written_at=at,
            substance=fingerprint(draft.body),
        )
        self.store.filed(self.this, told)
        self.store.settle(self.this, intent)

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

    def _create(self, plan: BumpTicket, wanted: Wanted, key: TicketKey) -> Ticket:
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
        self.shown.opened += 1
        self.shown.lately += 1
        return ticket

    def _rewrite(
        self, case: Case, plan: BumpTicket, wanted: Wanted, step: Update | Close | Reopen
    ) -> Ticket:
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
                self.shown.opened -= 1
            case Reopen():
                written = self.tracker.reopen(ticket, body, at, labels=labels)
                self.shown.opened += 1
        closed = isinstance(step, Close)
        held = case.remembered.get(ticket.key) or adopted(self.tracker.name, ticket)
        held = found(self.tracker.name, held, written)
        told = remembering(held, plan.lines, wanted, written.body, at)
        when = at if closed else None
        told = replace(told, closed_by="watcher" if closed else None, closed_at=when)
        self.store.filed(self.this, told)
        self.store.settle(self.this, intent)
        self.outcome.counts["tickets_closed" if closed else "tickets_updated"] += 1
        return written


def _labelled(case: Case, key: TicketKey) -> str | None:
    """The severity's label that a ticket had by what it said last."""
    held = case.remembered.get(key)
    rated = held.outstanding.values() if held is not None else ()
    worst = min((one.severity for one in rated), key=rank, default=None)
    return severity_label(worst) if worst is not None else None
