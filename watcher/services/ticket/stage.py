"""The stage: lists each tracker once, decides for each cause, and has the steps taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.domain.errors import AttemptError, PermanentError, RateLimitedError
from watcher.domain.ticket import BumpTicket, Cause, Held, TicketKey
from watcher.ports.store.bumps import Bumps
from watcher.ports.store.passes import PassRecord
from watcher.ports.tracker import BoardWriter, Draft, Intended, TicketWriter, Tracker
from watcher.services.outcome import Outcome
from watcher.services.ticket.desk import Desk
from watcher.services.ticket.filing import Filing
from watcher.services.ticket.routes import routes
from watcher.services.ticket.shown import Shown, Writing, intended
from watcher.services.ticket.told import told

Plans = Mapping[Cause, BumpTicket]


@dataclass(frozen=True, slots=True)
class TicketStage:
    """The stage with what it needs; `write` and `board` write tickets and dashboards."""

    trackers: Mapping[str, Tracker]
    filing: Filing
    store: Bumps
    write: TicketWriter
    board: BoardWriter

    def take(self, this: PassRecord) -> Outcome:
        """File, update and close what the plans ask for."""
        outcome = Outcome("ticket")
        plans = {one.cause: one for one in self.store.planned(this.number)}
        for name, causes, shown in self._looked_at(plans, this.at, outcome):
            for broken in shown.listing.unreadable:
                if broken.copy is None:
                    outcome.failed(f"{name}: {broken.id}", PermanentError(broken.reason))
            desk = Desk(shown, self.store, self._writing(shown.tracker), this, outcome)
            try:
                desk.retire()
                for cause in causes:
                    self._attend(desk, cause, plans.get(cause))
                if self.filing.has_dashboard(name):
                    desk.show(self.board)
                desk.settle()
            except RateLimitedError as error:
                # Nothing more is asked of it in this pass; what is left is for the next one.
                outcome.failed(name, error)
        return outcome

    def preview(self, plans: Plans, at: datetime) -> dict[Cause, Intended]:
        """Say what a pass would do for each plan, and do nothing; raises what a tracker does."""
        steps: dict[Cause, Intended] = {}
        for _, causes, shown in self._looked_at(plans, at, None):
            write = self._writing(shown.tracker)
            for cause in set(causes) & plans.keys():
                steps[cause] = intended(shown, plans[cause], write, at, self.filing)
        nowhere = {
            cause: Intended(Held(f"team {cause.team} has no tracker: name one in owners"))
            for cause in plans.keys() - steps.keys()
        }
        return {**steps, **nowhere}

    def _looked_at(
        self, plans: Iterable[Cause], at: datetime, outcome: Outcome | None
    ) -> Iterator[tuple[str, list[Cause], Shown]]:
        """Each tracker that has causes, and what it shows; one that fails is kept in `outcome`."""
        remembered, begun = self.store.remembered(), self.store.unsettled()
        calls = begun.values()
        tracker_of = self.filing.tracker_of
        found = routes(set(plans), remembered, calls, tracker_of, self.trackers.keys())
        for name, causes in sorted(found.items()):
            own = {number: one for number, one in begun.items() if one.tracker == name}
            known = [one for one in remembered if one.tracker == name or one.key.cause in causes]
            try:
                shown = Shown.of(self.trackers[name], known, own, at)
            except AttemptError as error:
                if outcome is None:
                    raise
                outcome.failed(name, error)
                continue
            yield name, sorted(causes), shown

    def _attend(self, desk: Desk, cause: Cause, plan: BumpTicket | None) -> None:
        shown, at = desk.shown, desk.this.at
        case = shown.case(cause, plan)
        news = case.noticed(shown.tracker.name, at)
        for key, one in news.items():
            self.store.filed(desk.this, one)
            said = told(case, key, one, shown.tracker, self.filing.terms)
            if said is not None:
                desk.outcome.noticed(f"{shown.tracker.name}: {one.ticket}", said)
        known = replace(case, remembered={**case.remembered, **news})
        if plan is None:
            return
        wanted, step = shown.decide(known, plan, desk.write, at, self.filing)
        ticket = None
        try:
            ticket = desk.take(known, plan, wanted, step)
        except RateLimitedError:
            raise
        except AttemptError as error:
            desk.outcome.failed(f"{shown.tracker.name}: {cause.lineage}", error)
        shown.board.gather(known, desk.write(plan, known.key).title, step, ticket)

    def _writing(self, tracker: Tracker) -> Writing:
        """What writes tickets for a tracker, with what their team wants on them."""

        def write(plan: BumpTicket, key: TicketKey) -> Draft:
            draft = self.write(plan, key, tracker.medium)
            wish = self.filing.placement_of(key.cause.team)
            labels = tuple(dict.fromkeys((*draft.labels, *wish.labels)))
            return replace(draft, labels=labels, assignees=wish.assignees, kind=wish.kind)

        return write
