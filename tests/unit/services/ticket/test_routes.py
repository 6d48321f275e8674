"""Which tracker looks after a cause: there is one, whatever its team is told meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.fakes.tracker import FakeTracker
from tests.unit.domain.days import day
from tests.unit.report.figures.bumps import CAUSE, line
from tests.unit.services.ticket.office import Record, office
from watcher.domain.ticket import Create, Terms, TicketKey, dashboard_of
from watcher.ports.store.bumps import Begun, Remembered
from watcher.ports.store.passes import PassRecord
from watcher.report.ticket import board, draft
from watcher.services.outcome import Outcome
from watcher.services.ticket import Filing, Placement, TicketStage
from watcher.services.ticket.routes import routes

KEY = TicketKey(1, CAUSE)


def held(tracker: str, *, closed: bool = False) -> Remembered:
    by, at = ("watcher", day(2)) if closed else (None, None)
    return Remembered(KEY, tracker, "1", None, by, at)  # type: ignore[arg-type] # one of the words


def found(remembered: list[Remembered], begun: list[Begun] | None = None) -> dict[str, set[str]]:
    there = routes({CAUSE}, remembered, begun or [], lambda _: "new", {"old", "new"})
    return {name: {one.team for one in causes} for name, causes in there.items()}


def test_a_new_cause_is_filed_where_its_team_files() -> None:
    assert found([]) == {"new": {"shop"}}


def test_an_open_ticket_is_looked_after_where_it_is() -> None:
    assert found([held("old")]) == {"old": {"shop"}}


def test_a_closed_one_is_followed_in_the_new_place() -> None:
    assert found([held("old", closed=True)]) == {"new": {"shop"}}


def test_where_a_ticket_may_have_been_filed_it_is_looked_for() -> None:
    call = Begun(KEY, "old", "create", day(1), timedelta(0))
    assert found([], [call]) == {"old": {"shop"}}


def test_a_tracker_that_is_no_more_keeps_nothing_back() -> None:
    assert found([held("gone")]) == {"new": {"shop"}}


def test_a_dashboard_is_no_cause() -> None:
    board_ = Remembered(dashboard_of("old"), "old", "2", None, None, None)
    assert found([board_]) == {"new": {"shop"}}


class Move:
    """A team that files in `old`, and then in `new`."""

    def __init__(self) -> None:
        self.trackers = {"old": FakeTracker("old"), "new": FakeTracker("new")}
        self.there = "old"
        self.office = office()
        self.record: Record = self.office.record

    def take(self, at: float) -> Outcome:
        placed = Placement(("pay", "watcher"), ("ada",), "Bug")
        filing = Filing(lambda _: self.there, 5, 20, Terms(), lambda _: placed)
        store = self.record
        stage = TicketStage(self.trackers, filing, store, draft, board)  # type: ignore[arg-type] # what it uses
        return stage.take(PassRecord(1, day(at)))

    def keys(self, name: str) -> list[tuple[int, str]]:
        listing = self.trackers[name].tickets()
        return [(one.key.generation, one.state) for one in listing.tickets]


def test_a_team_that_moved_closes_in_the_old_place_and_files_in_the_new_one() -> None:
    move = Move()
    move.take(1)
    move.there = "new"
    move.take(2)
    assert (move.keys("old"), move.keys("new")) == ([(1, "open")], [])
    move.office.plan(line("api", 2, 2.5), line("web", 1, 2.5))
    move.take(3)
    assert (move.keys("old"), move.keys("new")) == ([(1, "closed")], [])
    move.office.plan(line("api", 2), line("web", 1))
    move.take(80)
    assert (move.keys("old"), move.keys("new")) == ([(1, "closed")], [(2, "open")])


def test_what_lies_in_a_tracker_that_is_no_more_is_followed_by_the_next_generation() -> None:
    move = Move()
    move.take(1)
    del move.trackers["old"]
    move.there = "new"
    move.take(2)
    assert move.keys("new") == [(2, "open")]
    move.take(3)
    assert move.keys("new") == [(2, "open")]


def test_a_team_gets_its_labels_and_whom_it_wants() -> None:
    move = Move()
    move.take(1)
    (one,) = move.trackers["old"].drafts
    assert (one.assignees, one.kind) == (("ada",), "Bug")
    assert one.labels.count("watcher") == 1
    assert "pay" in one.labels


def test_a_preview_says_exactly_what_a_pass_would_write_and_writes_nothing() -> None:
    desk = office()
    plans = {one.cause: replace(one, as_of=day(1)) for one in desk.record.plans}
    (told,) = desk.stage().preview(plans, day(1)).values()
    assert desk.tickets == {}
    desk.take(1)
    (made,) = desk.tickets.values()
    assert told.draft is not None
    assert (told.step, told.tracker) == (Create(made.key), "tickets")
    written = (told.draft.title, told.draft.labels, told.draft.body)
    assert written == (made.title, made.labels, made.body)
