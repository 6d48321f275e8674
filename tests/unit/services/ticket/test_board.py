"""The dashboard: one issue of a tracker, in which a tick files, holds or refreshes a ticket."""

from __future__ import annotations

import pytest

from tests.unit.report.figures.bumps import CAUSE, line
from tests.unit.services.ticket.office import Office, office
from watcher.domain.errors import TransientError
from watcher.domain.ticket import Cause, TicketKey, Wishes, dashboard_of, is_dashboard
from watcher.ports.tracker import Ticket

PAY = Cause("pay", CAUSE.lineage)
KEY = TicketKey(1, CAUSE)
BOARD = dashboard_of("tickets")


@pytest.fixture
def desk() -> Office:
    made = office()
    made.dashboard = True
    return made


def board(desk: Office) -> Ticket:
    return next(one for one in desk.tickets.values() if one.key == BOARD)


def tickets(desk: Office) -> list[Ticket]:
    return [one for one in desk.tickets.values() if not is_dashboard(one.key.cause)]


def tick(desk: Office, wish: str, key: TicketKey) -> None:
    shown = board(desk)
    box = f"<!-- watcher:{wish}={key} -->"
    assert f"[ ] {box}" in shown.body
    desk.tracker.by_hand(shown.id, body=shown.body.replace(f"[ ] {box}", f"[x] {box}"))


def test_a_dashboard_is_filed_with_the_first_ticket_and_written_once(desk: Office) -> None:
    desk.take(1)
    assert len(tickets(desk)) == 1
    (ticket,) = tickets(desk)
    assert ticket.title in board(desk).body
    calls = desk.tracker.calls.copy()
    desk.take(1.1)
    assert desk.tracker.calls - calls == {"tickets": 1}


def test_where_nothing_is_planned_there_is_no_dashboard(desk: Office) -> None:
    desk.unplan()
    desk.take(1)
    assert desk.tickets == {}


def test_the_dashboard_counts_for_no_limit(desk: Office) -> None:
    desk.per_hour = desk.open_at_most = 2
    desk.plan(line("till", 1), cause=PAY)
    desk.take(1)
    assert len(tickets(desk)) == 2


def test_an_approval_files_beyond_every_limit(desk: Office) -> None:
    desk.open_at_most = 1
    desk.plan(line("till", 1), cause=PAY)
    desk.take(1)
    assert [one.key.cause for one in tickets(desk)] == [PAY]
    assert "1 tickets are open, the most that tickets.open\\_at\\_most allows" in board(desk).body
    tick(desk, "approve", KEY)
    desk.take(2)
    assert {one.key.cause for one in tickets(desk)} == {PAY, CAUSE}
    assert "watcher:approve" not in board(desk).body


def test_nothing_is_filed_unapproved_where_approval_is_asked_for(desk: Office) -> None:
    desk.approval = True
    desk.take(1)
    assert tickets(desk) == []
    assert "waits for somebody to tick" in board(desk).body
    tick(desk, "approve", KEY)
    desk.take(2)
    assert [one.key for one in tickets(desk)] == [KEY]


def test_an_approval_stays_ticked_until_the_ticket_is_filed(desk: Office) -> None:
    desk.approval = True
    desk.take(1)
    tick(desk, "approve", KEY)
    desk.tracker.fail_next("create")
    desk.take(2)
    assert Wishes.read(board(desk).body).approved == {KEY}
    desk.take(3)
    assert [one.key for one in tickets(desk)] == [KEY]


def test_what_is_left_alone_is_neither_filed_nor_changed_and_closed_on_evidence(
    desk: Office,
) -> None:
    desk.take(1)
    tick(desk, "hold", KEY)
    (before,) = tickets(desk)
    desk.plan(line("api", 2, 1.5), line("web", 1))
    desk.take(2)
    assert tickets(desk) == [before]
    assert Wishes.read(board(desk).body).held == {KEY}
    desk.plan(line("api", 2, 1.5), line("web", 1, 2.5))
    desk.take(3)
    assert [one.state for one in tickets(desk)] == ["closed"]


def test_a_hold_is_for_one_generation(desk: Office) -> None:
    desk.take(1)
    tick(desk, "hold", KEY)
    desk.plan(line("api", 2, 1.5), line("web", 1, 1.5))
    desk.take(2)
    desk.plan(line("api", 2), line("web", 1))
    desk.take(80)
    assert [(one.key.generation, one.state) for one in tickets(desk)] == [
        (1, "closed"),
        (2, "open"),
    ]


def test_a_refresh_writes_the_text_anew_once(desk: Office) -> None:
    desk.take(1)
    (before,) = tickets(desk)
    desk.take(1.5)
    assert tickets(desk) == [before]  # its figures may stand for a week
    tick(desk, "refresh", KEY)
    desk.take(2)
    (after,) = tickets(desk)
    assert after.body != before.body
    assert Wishes.read(board(desk).body).refreshed == frozenset()
    desk.take(2.5)
    assert tickets(desk) == [after]


def test_a_dashboard_that_people_closed_stays_closed_and_holds_still_count(desk: Office) -> None:
    desk.take(1)
    tick(desk, "hold", KEY)
    desk.tracker.by_hand(board(desk).id, state="closed")
    (before,), text = tickets(desk), board(desk).body
    desk.plan(line("api", 2, 1.5), line("web", 1))
    desk.take(2)
    assert (tickets(desk), board(desk).body) == ([before], text)


def test_a_dashboard_that_people_took_away_is_not_filed_again(desk: Office) -> None:
    desk.take(1)
    desk.tracker.delete(board(desk).id)
    desk.take(2)
    desk.take(3)
    assert [one.key for one in desk.tickets.values()] == [KEY]


def test_a_dashboard_whose_answer_was_lost_is_not_filed_twice(desk: Office) -> None:
    desk.tracker.fail_next("create", took_effect=False)
    desk.take(1)  # the ticket fails, the dashboard says so
    desk.tracker.fail_next("create", took_effect=True)
    desk.take(2)
    desk.take(3)
    assert sorted(str(one.key) for one in desk.tickets.values()) == sorted([str(KEY), str(BOARD)])


def test_a_tick_between_the_listing_and_the_writing_is_not_lost(desk: Office) -> None:
    desk.take(1)
    real = desk.tracker.update

    def meanwhile(ticket: Ticket, *told: object, **named: object) -> Ticket:
        desk.tracker.update = real  # type: ignore[method-assign] # once
        if ticket.key == BOARD:
            tick(desk, "hold", KEY)
        return real(ticket, *told, **named)  # type: ignore[arg-type] # as it was called

    desk.tracker.update = meanwhile  # type: ignore[method-assign] # a person is quicker
    desk.plan(line("till", 1), cause=PAY)
    outcome = desk.take(2)
    assert [one.subject for one in outcome.failures] == ["tickets: dashboard"]
    assert Wishes.read(board(desk).body).held == {KEY}
    desk.take(3)
    assert Wishes.read(board(desk).body).held == {KEY}
    assert "pay" in board(desk).body


def test_a_dashboard_that_cannot_be_written_keeps_nothing_else_from_being_filed(
    desk: Office,
) -> None:
    desk.take(1)
    desk.plan(line("till", 1), cause=PAY)
    desk.tracker.fail_next("update", TransientError("no answer"))
    outcome = desk.take(2)
    assert len(tickets(desk)) == 2
    assert [one.subject for one in outcome.failures] == ["tickets: dashboard"]


@pytest.mark.parametrize(
    "text",
    [
        "- [x] watcher:hold=1:a:b",
        "- [x] <!-- watcher:hold=nonsense -->",
        "- [ ] <!-- watcher:hold=1:a:b -->",
        "- [x] <!-- watcher:burn=1:a:b -->",
    ],
)
def test_what_is_no_box_of_ours_is_no_wish(text: str) -> None:
    assert Wishes.read(text) == Wishes()


@pytest.mark.parametrize(
    "text",
    [
        "- [x] <!-- watcher:hold=1:a:b -->",
        "* [X] <!-- watcher:hold=1:a:b --> leave alone",
        "** {{[x]}} {{watcher:hold=1:a:b}} leave alone",
        "** {{[x]}} {{watcher:hold=1:a:b}}",
    ],
)
def test_a_box_is_read_in_each_markup(text: str) -> None:
    assert Wishes.read(text).held == {TicketKey(1, Cause("a", "b"))}
