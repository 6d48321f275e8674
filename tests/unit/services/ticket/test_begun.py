"""Calls without an answer: what is filed anew, and when; what was filed twice is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.properties.filing.town import Town, key_of
from tests.servers.issues.board import BOT
from tests.unit.report.figures.bumps import CAUSE
from tests.unit.services.ticket.office import Office, office
from watcher.domain.errors import RateLimitedError
from watcher.domain.ticket import Held, TicketKey

KEY = TicketKey(1, CAUSE)


@pytest.fixture
def desk() -> Office:
    made = office()
    made.tracker.settling = timedelta(minutes=5)
    return made


@pytest.fixture
def town() -> Town:
    return Town()


def test_what_may_still_appear_is_not_filed_anew(desk: Office) -> None:
    desk.tracker.fail_next("create", RateLimitedError("later"))
    desk.take(1)
    assert desk.record.begun == {}  # a limit is an answer
    desk.record.begun[9] = (KEY, "create")
    desk.record.age = timedelta(minutes=4)
    assert desk.counts(1.01) == (0, 0, 0)
    (step,) = desk.preview(1.02).values()
    assert isinstance(step, Held)
    assert "may still appear" in step.reason
    assert "1 min" in step.reason
    desk.record.age = timedelta(minutes=5)
    assert desk.counts(1.03) == (1, 0, 0)
    assert desk.record.begun == {}


def test_what_appears_meanwhile_is_the_ticket(town: Town) -> None:
    town.place.faults = ["late"]
    town.pass_()
    town.pass_()
    assert [key_of(town.place.board.issues[one].body) for one in town.tickets].count(KEY) <= 1
    town.place.land()
    town.calm()
    keys = [key_of(town.place.board.issues[one].body) for one in town.tickets]
    assert len(keys) == len(set(keys))


def test_what_lands_after_everybody_stopped_waiting_is_closed_by_the_next_pass(town: Town) -> None:
    town.place.faults = ["late"]
    town.pass_()
    town.record.age = timedelta(hours=1)
    town.pass_()
    town.place.land()
    assert len(town.tickets) == 4  # two tickets, a dashboard, and one of them again
    town.calm()
    opened = [one for one in town.place.board.issues.values() if one.open]
    keys = [key_of(one.body) for one in opened]
    assert len(keys) == len(set(keys)) == 3
    (closed,) = (one for one in town.place.board.issues.values() if not one.open)
    assert closed.body.startswith("This was filed twice")
    town.settled()


def test_a_copy_that_people_made_is_theirs(town: Town) -> None:
    town.calm()
    first = town.place.board.issues[1]
    town.place.board.file("mine", first.body, ("watcher",))
    town.calm()
    assert all(one.open for one in town.place.board.issues.values())


def test_the_one_that_lost_its_marker_is_found_by_the_call_that_filed_it(town: Town) -> None:
    town.place.board.template = "### Describe the bug"
    town.place.faults = ["die after"]
    town.pass_()
    town.place.board.template = None
    assert [one.body for one in town.place.board.issues.values()] == ["### Describe the bug"]
    town.calm()
    held = town.place.board.issues[1]
    assert key_of(held.body) is not None
    assert "### Describe the bug" in held.body
    assert len(town.tickets) == 3
    town.settled()


def test_two_that_lost_their_markers_are_named_and_nothing_is_filed_for_them(town: Town) -> None:
    town.calm()
    for number in (1, 2):
        town.place.board.delete(number)
        town.place.board.file("t", "text of a template", ("watcher",), BOT)
    keys = [key for key in town.record.held if key.cause.team != "watcher"]
    for number, key in enumerate(keys, 70):
        del town.record.held[key]
        town.record.begun[number] = (key, "create")
    town.record.age = timedelta(days=1)
    before = len(town.tickets)
    town.pass_()
    town.pass_()
    assert len(town.tickets) == before
    assert len(town.record.begun) == 2
    board = next(one for one in town.place.board.issues.values() if "Tick a box" in one.body)
    assert "lost the line that ends watcher's text" in board.body


@pytest.mark.parametrize("death", [None, 0, 1, 2, 3, 4, 5])
def test_what_only_its_call_knows_of_is_remembered_before_the_call_is_settled(
    town: Town, death: int | None
) -> None:
    town.place.faults = ["lost", "lost", "lost"]
    town.pass_()
    for one in town.tickets:
        town.place.board.change(one, labels=())  # people are quick
    town.record.deaths = [] if death is None else ["none"] * death + ["after"]
    town.pass_()
    town.calm()
    keys = [key_of(town.place.board.issues[one].body) for one in town.tickets]
    assert len(keys) == len(set(keys)) == 3
    town.settled()
