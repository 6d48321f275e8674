"""What bumps ended and would end: from plans that stand and tickets that were closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.domain.days import day
from tests.unit.report.figures.bumps import CAUSE, line, plan, recorded_bump, ticket
from watcher.domain.ticket import Cause
from watcher.ports.store.bumps import RecordedBump
from watcher.report.figures import bumps
from watcher.report.figures.period import Period

PERIOD = Period(day(0), day(90))


def rows(*recorded: RecordedBump) -> list[dict[str, Any]]:
    return bumps.rows(recorded, PERIOD)


def test_a_bump_is_told_with_its_target_and_its_ticket() -> None:
    (row,) = rows(recorded_bump([line("api", 2, 80), line("web", 3)]))
    assert row == {
        "key": "shop:local/base/python:3.12",
        "team": "shop",
        "base": "base/python:3.12",
        "target": {
            "name": "registry.example/base/python:3.12",
            "digest": f"sha256:{'2' * 64}",
            "since": "2026-04-20T00:00:00Z",
        },
        "streams": 2,
        "moved": 1,
        "ended": {"windows": 2, "exposure_days": 20.0},
        "left": {"windows": 3, "exposure_days_per_week": 21.0},
        "avoidable_exposure_days": 0.0,
        "state": "open",
        "ticket": {"tracker": "t", "id": "1", "url": "file:///tickets/1.md"},
    }


def test_a_plan_without_a_ticket_is_told_too() -> None:
    (row,) = rows(RecordedBump(plan([line("api", 2)]), stands=True))
    assert (row["ticket"], row["state"], row["left"]["windows"]) == (None, "open", 2)


@pytest.mark.parametrize("because", ["retired", "moved", "withdrawn", "out_of_scope"])
def test_only_a_rebuild_is_a_move(because: Any) -> None:  # noqa: ANN401 any of them
    (row,) = rows(recorded_bump([line("api", 2, 80, because), line("web", 3)]))
    assert (row["streams"], row["moved"]) == (2, 0)
    assert row["ended"] == {"windows": 0, "exposure_days": 0.0}


def test_a_ticket_closed_in_the_period_is_told_though_its_plan_is_gone() -> None:
    lines = [line("api", 2, 40), line("web", 3, 60)]
    closed = ticket(lines, closed=("watcher", day(60)))
    (row,) = rows(RecordedBump(plan(lines), stands=False, tickets=(closed,)))
    assert (row["state"], row["moved"], row["left"]["windows"]) == ("done", 2, 0)
    assert row["ended"] == {"windows": 5, "exposure_days": 2 * 50 + 3 * 30}


@pytest.mark.parametrize(("at", "told"), [(-0.1, 0), (0, 0), (0.1, 1), (90, 1)])
def test_a_ticket_belongs_to_the_period_in_which_it_was_closed(at: float, told: int) -> None:
    lines = [line("api", 2, at)]
    closed = ticket(lines, closed=("watcher", day(at)))
    assert len(rows(RecordedBump(plan(lines), stands=False, tickets=(closed,)))) == told


def test_a_plan_that_stands_is_open_again_after_its_ticket_was_closed_by_evidence() -> None:
    closed = ticket([line("api", 2, 30), line("web", 1, 30)], closed=("watcher", day(40)))
    (row,) = rows(RecordedBump(plan([line("api", 4)]), stands=True, tickets=(closed,)))
    assert (row["state"], row["ticket"]) == ("open", None)
    # What is to do counts for the next ticket alone; what the closed one ended still counts.
    assert (row["streams"], row["moved"], row["left"]["windows"]) == (1, 0, 4)
    assert row["ended"]["windows"] == 3


def test_what_every_ticket_of_the_period_ended_adds_up() -> None:
    first = ticket([line("api", 2, 30)], closed=("watcher", day(40)))
    second = ticket([line("api", 3, 60)], closed=("watcher", day(70)))
    second = replace(second, key=replace(second.key, generation=2))
    bump = RecordedBump(plan([line("api", 3, 60)]), stands=False, tickets=(first, second))
    (row,) = rows(bump)
    assert (row["streams"], row["moved"]) == (1, 1)
    assert row["ended"] == {"windows": 5, "exposure_days": 2 * 60 + 3 * 30}


def test_a_ticket_of_long_ago_adds_nothing_to_a_plan_that_stands() -> None:
    old = ticket([line("web", 9, -50)], closed=("watcher", day(-40)))
    (row,) = rows(RecordedBump(plan([line("api", 4)]), stands=True, tickets=(old,)))
    assert (row["streams"], row["moved"], row["ticket"]) == (1, 0, None)


@pytest.mark.parametrize("at", [-20, 50])
def test_what_a_person_closed_is_dismissed_and_shows_its_ticket(at: float) -> None:
    dismissed = ticket([line("api", 4)], closed=("person", day(at)))
    (row,) = rows(RecordedBump(plan([line("api", 4)]), stands=True, tickets=(dismissed,)))
    assert (row["state"], row["left"]["windows"]) == ("dismissed", 4)
    assert row["ticket"] is not None


def test_a_dismissal_that_another_ticket_followed_is_over() -> None:
    tickets = (ticket(closed=("person", day(-20))), ticket([line("api", 4)], generation=2))
    (row,) = rows(RecordedBump(plan([line("api", 4)]), stands=True, tickets=tickets))
    assert (row["state"], row["ticket"]["id"]) == ("open", "2")


def test_a_plan_whose_lines_are_all_done_is_done_before_its_ticket_is_closed() -> None:
    assert rows(recorded_bump([line("api", 2, 80)]))[0]["state"] == "done"


def test_what_ended_most_comes_first_then_what_would_end_most() -> None:
    def bump(team: str, ended: int, left: int) -> RecordedBump:
        lines = [line("api", ended, 80), line("web", left)]
        cause = Cause(team, CAUSE.lineage)
        return RecordedBump(plan(lines, cause), stands=True, tickets=(ticket(lines, cause=cause),))

    given = [bump("a", 1, 1), bump("b", 5, 1), bump("c", 1, 9), bump("d", 1, 1)]
    expected = ["b", "c", "a", "d"]
    assert [row["team"] for row in rows(*given)] == expected
    assert [row["team"] for row in rows(*reversed(given))] == expected


def test_a_line_that_moved_after_the_reports_time_has_ended_nothing_yet() -> None:
    (row,) = rows(recorded_bump([line("api", 2, 91)]))
    assert row["ended"]["exposure_days"] == 0
