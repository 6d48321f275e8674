"""The stage: lists each tracker once, decides for each cause, and has the steps taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.domain.errors import AttemptError, PermanentError
from watcher.domain.ticket import BumpTicket, Cause, Held, Step, Terms, Wanted, decide
from watcher.ports.store.bumps import Bumps, Remembered
from watcher.ports.store.passes import PassRecord
from watcher.ports.tracker import Listing, TicketWriter, Tracker
from watcher.services.outcome import Outcome
from watcher.services.ticket.case import Case
from watcher.services.ticket.desk import Desk
from watcher.services.ticket.reconciled import reconciled
from watcher.services.ticket.told import told

_HOUR = timedelta(hours=1)

Plans = Mapping[Cause, BumpTicket]


@dataclass(frozen=True, slots=True)
class Filing:
    """What the configuration says: which tracker a team has, how many tickets, for how long."""

    tracker_of: Callable[[str], str | None]
    per_hour: int
    open_at_most: int
    terms: Terms


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
        unanswered = {key.cause for key in self.store.unsettled().values()}
        wanted = plans.keys() | unanswered
        for name, causes in sorted(self._by_tracker(wanted, remembered).items()):
            mine = [one for one in remembered if one.tracker == name]
            try:
                listing = self._listed(name, mine)
            except AttemptError as error:
                outcome.failed(name, error)
                continue
            for broken in listing.unreadable:
                outcome.failed(f"{name}: {broken.id}", PermanentError(broken.reason))
            self._settle(this, causes)
            desk = self._desk(name, this, listing, outcome)
            for cause in sorted(causes):
                self._attend(desk, Case.of(cause, plans.get(cause), mine, listing))
        return outcome

    def preview(self, plans: Plans, at: datetime) -> dict[Cause, Step]:
        """Say what a pass would do for each plan, and do nothing; raises what a tracker does."""
        remembered = self.store.remembered()
        steps: dict[Cause, Step] = {}
        for name, causes in self._by_tracker(plans.keys(), remembered).items():
            mine = [one for one in remembered if one.tracker == name]
            listing = self._listed(name, mine)
            hold = self._hold(*_filed_now(listing, at))
            for cause in causes & plans.keys():
                case = Case.of(cause, plans[cause], mine, listing)
                known = {**case.remembered, **case.noticed(name, at)}
                steps[cause] = self._decide(replace(case, remembered=known), at, hold)[1]
        nowhere = {
            cause: Held(f"team {cause.team} has no tracker: name one in owners")
            for cause in plans.keys() - steps.keys()
        }
        return {**steps, **nowhere}

    def _by_tracker(
        self, wanted: Collection[Cause], remembered: Iterable[Remembered]
    ) -> dict[str, set[Cause]]:
        found: dict[str, set[Cause]] = defaultdict(set)
        for cause in wanted:
            name = self.filing.tracker_of(cause.team)
            if name is not None:
                found[name].add(cause)
        for one in remembered:
            if one.closed_at is None or one.key.cause in wanted:
                found[one.tracker].add(one.key.cause)
        return {name: causes for name, causes in found.items() if name in self.trackers}

    def _listed(self, name: str, mine: Sequence[Remembered]) -> Listing:
        """What a tracker shows; raises what it raises."""
        listing = self.trackers[name].tickets([one.ticket for one in mine])
        return reconciled(listing, mine)

    def _settle(self, this: PassRecord, causes: Iterable[Cause]) -> None:
        """A complete listing answers what a call did not."""
        mine = frozenset(causes)
        for intent, key in self.store.unsettled().items():
            if key.cause in mine:
                self.store.settle(this, intent)

    def _desk(self, name: str, this: PassRecord, listing: Listing, outcome: Outcome) -> Desk:
        opened, lately = _filed_now(listing, this.at)
        tracker = self.trackers[name]
        return Desk(tracker, self.store, self.write, this, outcome, opened, lately)

    def _attend(self, desk: Desk, case: Case) -> None:
        news = case.noticed(desk.tracker.name, desk.this.at)
        for key, one in news.items():
            self.store.filed(desk.this, one)
            said = told(case, key, one, desk.tracker, self.filing.terms)
            if said is not None:
                desk.outcome.noticed(f"{desk.tracker.name}: {one.ticket}", said)
        known = replace(case, remembered={**case.remembered, **news})
        if known.plan is None:
            return
        wanted, step = self._decide(known, desk.this.at, self._hold(desk.opened, desk.lately))
        try:
            desk.take(known, known.plan, wanted, step)
        except AttemptError as error:
            desk.outcome.failed(f"{desk.tracker.name}: {case.cause.lineage}", error)

    def _decide(self, case: Case, at: datetime, hold: str | None) -> tuple[Wanted, Step]:
        if case.plan is None:
            raise ValueError("nothing is planned for this cause")
        draft = self.write(case.plan, case.open_key)
        wanted = Wanted.of(case.plan, draft.body, case.plan.doubt or hold)
        return wanted, decide(wanted, case.filed, at, self.filing.terms)

    def _hold(self, opened: int, lately: int) -> str | None:
        if opened >= self.filing.open_at_most:
            return f"{opened} tickets are open, the most that tickets.open_at_most allows"
        if lately >= self.filing.per_hour:
            return f"{lately} tickets were filed within the hour, as tickets.per_hour allows"
        return None


def _filed_now(listing: Listing, at: datetime) -> tuple[int, int]:
    """How many tickets are open, and how many were filed within the hour."""
    dated: Sequence[datetime] = [t.created_at for t in listing.tickets if t.created_at]
    opened = sum(ticket.state == "open" for ticket in listing.tickets)
    return opened, sum(at - created < _HOUR for created in dated)
