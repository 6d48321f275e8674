"""What bumps ended and would end: from plans that stand, tickets, and what was remediated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest

from tests.unit.domain.days import day
from tests.unit.report.figures.bumps import CAUSE, exposures, line, plan, recorded_bump, ticket
from tests.unit.report.figures.windows import stretch
from watcher.domain.ticket import Cause, Line, Rated
from watcher.ports.store.bumps import RecordedBump
from watcher.report.figures import bumps
from watcher.report.figures.ended import Ended
from watcher.report.figures.period import Period
from watcher.report.figures.stretch import Stretch
from watcher.report.figures.united import united

PERIOD = Period(day(0), day(90))
ARM = "linux/arm64"


def rows(*recorded: RecordedBump, stretches: Iterable[Stretch] = ()) -> list[dict[str, Any]]:
    ended = Ended.by(recorded, PERIOD)
    for _ in ended.counting(united(stretches)):
        pass
    return bumps.rows(recorded, ended)


def ended(recorded: RecordedBump, *stretches: Stretch) -> tuple[int, float]:
    (row,) = rows(recorded, stretches=stretches)
    return row["ended"]["windows"], row["ended"]["exposure_days"]


def told(lines: Iterable[Line], *others: Line) -> dict[str, Any]:
    """The row of a bump whose streams are exposed until a rebuild does them."""
    listed = [*lines, *others]
    (row,) = rows(recorded_bump(listed), stretches=exposures(listed))
    return row


def test_a_bump_is_told_with_its_target_and_its_ticket() -> None:
    assert told([line("api", 2, 80), line("web", 3)]) == {
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
    row = told([line("api", 2, 80, because), line("web", 3)])
    assert (row["streams"], row["moved"]) == (2, 0)
    assert row["ended"] == {"windows": 0, "exposure_days": 0.0}


def test_a_stream_on_two_platforms_is_one_stream_and_moves_with_the_last_of_them() -> None:
    half = [line("api", 2, 80), line("api", 2, platform=ARM)]
    row = told(half)
    assert (row["streams"], row["moved"], row["ended"]["windows"]) == (1, 0, 0)
    row = told([line("api", 2, 80), line("api", 2, 85, platform=ARM)])
    assert (row["streams"], row["moved"]) == (1, 1)
    assert row["ended"] == {"windows": 2, "exposure_days": 2 * 5}


def test_a_stream_of_which_one_platform_was_deleted_has_not_moved() -> None:
    row = told([line("api", 2, 80), line("api", 2, 80, "retired", platform=ARM)])
    assert (row["streams"], row["moved"]) == (1, 0)


def test_what_an_earlier_partial_move_ended_counts_before_the_stream_has_moved() -> None:
    bump = recorded_bump([line("api", 2)])
    partly = stretch(-90, 40, stream="local/shop/api", vulnerability="CVE-1")
    rest = stretch(-90, None, stream="local/shop/api", vulnerability="CVE-2")
    assert ended(bump, partly, rest) == (1, 50)


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({}, True),
        ({"cause": "knowledge_withdrawn"}, False),
        ({"end": None}, False),
        ({"end": day(-1)}, False),
        ({"end": day(-60)}, False),
        ({"end": day(90)}, True),
        ({"end": day(91)}, False),
        ({"vulnerability": "CVE-other"}, False),
        ({"stream": "local/shop/other"}, False),
    ],
)
def test_only_what_was_listed_and_remediated_in_the_period_after_filing_was_ended(
    change: dict[str, Any],
    counts: Any,  # noqa: ANN401 whether it does
) -> None:
    one = stretch(-90, 40, stream="local/shop/api", vulnerability="CVE-1")
    windows, _ = ended(recorded_bump([line("api", 2)]), replace(one, **change))
    assert windows == counts


def test_what_ended_up_to_the_filing_is_not_the_tickets_merit() -> None:
    one = stretch(-90, 40, stream="local/shop/api", vulnerability="CVE-1")
    lines = [line("api", 2)]
    for filed, windows in ((39.9, 1), (40, 0), (50, 0)):
        bump = RecordedBump(plan(lines), stands=True, tickets=(ticket(lines, filed=filed),))
        assert ended(bump, one)[0] == windows


def test_what_was_listed_below_the_threshold_is_not_counted() -> None:
    lines = [line("api", 2)]
    low = replace(ticket(lines), listed={"CVE-1": Rated("MEDIUM")})
    one = stretch(-90, 40, stream="local/shop/api", vulnerability="CVE-1")
    assert ended(RecordedBump(plan(lines), stands=True, tickets=(low,)), one) == (0, 0)


@pytest.mark.parametrize(("closed_by", "windows"), [("watcher", 0), ("person", 1)])
def test_what_comes_back_after_the_evidence_is_another_tickets(
    closed_by: str, windows: int
) -> None:
    closed = ticket([line("api", 1)], closed=(closed_by, day(40)))
    bump = RecordedBump(plan([line("api", 1)]), stands=True, tickets=(closed,))
    again = stretch(50, 60, stream="local/shop/api", vulnerability="CVE-1")
    assert ended(bump, again)[0] == windows


def test_a_stream_that_another_team_took_over_counts_for_the_old_one_until_then() -> None:
    lines = [line("api", 2, 50, "moved")]
    bump = RecordedBump(plan(lines), stands=True, tickets=(ticket(lines),))
    before = stretch(-90, 45, stream="local/shop/api", vulnerability="CVE-1")
    after = stretch(-90, 55, stream="local/shop/api", vulnerability="CVE-2")
    assert ended(bump, before, after) == (1, 45)


def test_what_two_bumps_asked_for_counts_once_for_the_one_that_asked_first() -> None:
    lines = [line("api", 1)]

    def bump(lineage: str, filed: float) -> RecordedBump:
        cause = Cause("shop", lineage)
        asked = ticket(lines, cause=cause, filed=filed)
        return RecordedBump(plan(lines, cause), stands=True, tickets=(asked,))

    given = [bump("a", 20), bump("b", 10)]
    one = stretch(-90, 40, stream="local/shop/api", vulnerability="CVE-1")
    for order in (given, given[::-1]):
        found = {row["key"]: row["ended"]["windows"] for row in rows(*order, stretches=[one])}
        assert found == {"shop:a": 0, "shop:b": 1}


def test_a_ticket_closed_in_the_period_is_told_though_its_plan_is_gone() -> None:
    lines = [line("api", 2, 40), line("web", 3, 60)]
    closed = ticket(lines, closed=("watcher", day(60)))
    bump = RecordedBump(plan(lines), stands=False, tickets=(closed,))
    (row,) = rows(bump, stretches=exposures(lines))
    assert (row["state"], row["moved"], row["left"]["windows"]) == ("done", 2, 0)
    assert row["ended"] == {"windows": 5, "exposure_days": 2 * 50 + 3 * 30}


@pytest.mark.parametrize(("at", "told"), [(-0.1, 0), (0, 0), (0.1, 1), (90, 1)])
def test_a_ticket_belongs_to_the_period_in_which_it_was_closed(at: float, told: int) -> None:
    lines = [line("api", 2, at)]
    closed = ticket(lines, closed=("watcher", day(at)))
    assert len(rows(RecordedBump(plan(lines), stands=False, tickets=(closed,)))) == told


def test_a_plan_that_stands_is_open_again_after_its_ticket_was_closed_by_evidence() -> None:
    done = [line("api", 2, 30), line("web", 1, 30)]
    closed = ticket(done, closed=("watcher", day(40)))
    bump = RecordedBump(plan([line("api", 4)]), stands=True, tickets=(closed,))
    (row,) = rows(bump, stretches=exposures(done))
    assert (row["state"], row["ticket"]) == ("open", None)
    # What is to do counts for the next ticket alone; what the closed one ended still counts.
    assert (row["streams"], row["moved"], row["left"]["windows"]) == (1, 0, 4)
    assert row["ended"]["windows"] == 3


def test_what_every_ticket_of_the_period_ended_adds_up() -> None:
    lines = [line("api", 2, 30)], [line("api", 3, 60)]
    first = ticket(lines[0], closed=("watcher", day(40)))
    second = ticket(lines[1], generation=2, closed=("watcher", day(70)), filed=50)
    bump = RecordedBump(plan(lines[1]), stands=False, tickets=(first, second))
    again = exposures(lines[1], start=45)
    (row,) = rows(bump, stretches=chain(exposures(lines[0]), again))
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
    assert told([line("api", 2, 80)])["state"] == "done"


def test_what_ended_most_comes_first_then_what_would_end_most() -> None:
    every: list[Stretch] = []

    def bump(team: str, ended: int, left: int) -> RecordedBump:
        lines = [line(f"{team}-api", ended, 80), line(f"{team}-web", left)]
        every.extend(exposures(lines))
        cause = Cause(team, CAUSE.lineage)
        return RecordedBump(plan(lines, cause), stands=True, tickets=(ticket(lines, cause=cause),))

    given = [bump("a", 1, 1), bump("b", 5, 1), bump("c", 1, 9), bump("d", 1, 1)]
    expected = ["b", "c", "a", "d"]
    assert [row["team"] for row in rows(*given, stretches=every)] == expected
    assert [row["team"] for row in rows(*reversed(given), stretches=every)] == expected
