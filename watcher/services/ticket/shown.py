"""What one tracker shows during a pass, and what follows from it for each cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.domain.ticket import (
    BumpTicket,
    Cause,
    Nothing,
    Step,
    TicketKey,
    Update,
    Wanted,
    decide,
    is_dashboard,
)
from watcher.ports.store.bumps import Begun, Remembered
from watcher.ports.tracker import Draft, Intended, Known, Listing, Tracker
from watcher.services.ticket.begun import Unanswered
from watcher.services.ticket.board import Board
from watcher.services.ticket.case import Case
from watcher.services.ticket.filing import Filing
from watcher.services.ticket.reconciled import reconciled

_HOUR = timedelta(hours=1)
_UNAPPROVED = "waits for somebody to tick “file now” on the dashboard"

Writing = Callable[[BumpTicket, TicketKey], Draft]


@dataclass(slots=True)
class Shown:
    """A complete listing of one tracker, beside what is remembered of its tickets.

    `answered` are the calls of which it tells how they ended, `waiting` the tickets that may have
    been filed nevertheless, and why. `opened` and `lately` count tickets that are open, and that
    were filed within the hour.
    """

    tracker: Tracker
    listing: Listing
    remembered: Sequence[Remembered]
    board: Board
    answered: Sequence[int]
    waiting: Mapping[TicketKey, str]
    opened: int
    lately: int

    @classmethod
    def of(
        cls,
        tracker: Tracker,
        remembered: Sequence[Remembered],
        begun: Mapping[int, Begun],
        at: datetime,
    ) -> Shown:
        """List a tracker once; raises what it raises.

        What lost its marker on the way is asked for by its number then, where there is no doubt
        which ticket it is.
        """
        calls = Unanswered(tracker, begun)
        mine = [one for one in remembered if one.tracker == tracker.name]
        listing = tracker.tickets(_known(mine), calls.since)
        orphan = calls.orphaned(listing)
        if orphan is not None:
            key, id_ = orphan
            mine = [*mine, Remembered(key, tracker.name, id_, None, None, None)]
            listing = tracker.tickets(_known(mine))
        listing = reconciled(listing, mine)
        opened, lately = _counted(listing, mine, at)
        return cls(
            tracker=tracker,
            listing=listing,
            remembered=remembered,
            board=Board.of(tracker, listing, mine),
            answered=calls.answered(listing),
            waiting=calls.held(listing),
            opened=opened,
            lately=lately,
        )

    def case(self, cause: Cause, plan: BumpTicket | None) -> Case:
        """What concerns one cause, wherever its earlier tickets were filed."""
        return Case.of(cause, plan, self.remembered, self.listing)

    def decide(
        self, case: Case, plan: BumpTicket, write: Writing, at: datetime, filing: Filing
    ) -> tuple[Wanted, Step]:
        """What is wanted of a cause's ticket, and the one step to take."""
        hold = plan.doubt or self.waiting.get(case.key) or self._hold(case, filing)
        wanted = Wanted.of(plan, write(plan, case.open_key).body, hold)
        step = decide(wanted, case.filed, at, filing.terms)
        if isinstance(step, Nothing) and case.key in self.board.wishes.refreshed:
            current = case.tickets.get(case.key)
            if current is not None and any(
                one.ticket == current.id and one.text != wanted.text for one in case.filed
            ):
                step = Update(current.id)
        return wanted, self.board.decided(case, step)

    def _hold(self, case: Case, filing: Filing) -> str | None:
        """Why nothing may be filed just now; somebody's approval goes before every limit."""
        if case.key in self.board.wishes.approved:
            return None
        if filing.approval and filing.has_dashboard(self.tracker.name):
            return _UNAPPROVED
        if self.opened >= filing.open_at_most:
            return f"{self.opened} tickets are open, the most that tickets.open_at_most allows"
        if self.lately >= filing.per_hour:
            return f"{self.lately} tickets were filed within the hour, as tickets.per_hour allows"
        return None


def intended(
    shown: Shown, plan: BumpTicket, write: Writing, at: datetime, filing: Filing
) -> Intended:
    """What a pass would do, with what it would notice first."""
    case = shown.case(plan.cause, plan)
    known = {**case.remembered, **case.noticed(shown.tracker.name, at)}
    case = replace(case, remembered=known)
    step = shown.decide(case, plan, write, at, filing)[1]
    return Intended(step, shown.tracker.name, write(plan, case.key))


def _known(mine: Sequence[Remembered]) -> dict[str, Known]:
    """What is asked for where a list lacks it; what was taken away once is not."""
    return {
        one.ticket: Known(one.key, one.closed_by is not None, one.written, one.place)
        for one in mine
        if not one.gone
    }


def _counted(listing: Listing, mine: Sequence[Remembered], at: datetime) -> tuple[int, int]:
    """How many tickets are open, and how many were filed within the hour, by whichever clock."""
    filed = {one.key: one.filed_at for one in mine}
    tickets = [one for one in listing.tickets if not is_dashboard(one.key.cause)]
    dated = [
        min(known)
        for one in tickets
        if (known := [when for when in (filed.get(one.key), one.created_at) if when])
    ]
    opened = sum(one.state == "open" for one in tickets)
    return opened, sum(at - one < _HOUR for one in dated)
