"""What is open: ages, teams over the weeks, streams."""

from __future__ import annotations

import pytest

from tests.unit.domain.days import day
from tests.unit.report.figures.windows import random_windows, stretch, team_of
from watcher.domain.policy import DEFAULT
from watcher.report.figures import backlog
from watcher.report.figures.coverage import Watched, WatchedStream
from watcher.report.figures.fleet import Fleet, fleet_of
from watcher.report.figures.period import Period
from watcher.report.figures.stretch import Stretch, stretches_of, team_name
from watcher.report.figures.united import united

PERIOD = Period(day(100), day(190))


def fleet(*stretches: Stretch) -> Fleet:
    return fleet_of(united(stretches), PERIOD, DEFAULT)


def test_ages_are_by_severity_with_what_is_past_due_beside() -> None:
    told = backlog.ages(
        fleet(
            stretch(188, severity="CRITICAL", vulnerability="CVE-1"),
            stretch(180, severity="CRITICAL", vulnerability="CVE-2"),
            stretch(180, severity="HIGH", vulnerability="CVE-3"),
            stretch(10, severity="LOW", vulnerability="CVE-4"),
        )
    )
    assert list(told) == ["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"]
    assert told["CRITICAL"] == {
        "0-7": {"open": 1, "past_due": 0},
        "8-30": {"open": 1, "past_due": 1},
        "31-90": {"open": 0, "past_due": 0},
        ">90": {"open": 0, "past_due": 0},
    }
    assert told["HIGH"]["8-30"] == {"open": 1, "past_due": 0}  # type: ignore[index]
    assert told["LOW"][">90"] == {"open": 1, "past_due": 0}  # type: ignore[index]


@pytest.mark.parametrize("days", [2, 90])
@pytest.mark.parametrize("seed", range(8))
def test_weeks_count_what_was_open_critical_or_high_at_each_of_thirteen_times(
    seed: int, days: int
) -> None:
    period = Period(day(190 - days), day(190))
    units = list(united(stretches_of(random_windows(seed, 190), team_of)))
    rows = backlog.teams(fleet_of(units, period, DEFAULT), Watched(()))
    assert rows
    for row in rows:
        mine = [one for one in units if team_name(one.team) == row["team"]]
        assert row["weekly"] == [
            sum(
                one.severity in {"CRITICAL", "HIGH"}
                and one.start <= week
                and (one.end is None or one.end > week)
                for one in mine
            )
            for week in period.weeks()
        ]


def test_teams_stand_by_exposure_and_those_without_any_are_there_too() -> None:
    watched = Watched(
        [
            WatchedStream("local/shop/api:latest", "shop"),
            WatchedStream("local/shop/web:latest", "shop", "401"),
            WatchedStream("local/pay/api:latest", "pay"),
            WatchedStream("local/lost/api:latest", None),
        ]
    )
    rows = backlog.teams(
        fleet(stretch(150, stream="a", team=None), stretch(185, stream="b"), stretch(95, 105)),
        watched,
    )
    told = [(row["team"], row["streams"], row["covered"], row["exposure_days"]) for row in rows]
    assert told == [("(unowned)", 1, 1, 40), ("shop", 2, 1, 10), ("pay", 1, 1, 0)]
    shop = rows[1]
    assert shop["open"] == {"CRITICAL": 0, "HIGH": 1, "MEDIUM": 0, "LOW": 0, "UNKNOWN": 0}
    assert (shop["past_due"], shop["exposure_days_before"]) == (0, 5)
    assert rows[2]["weekly"] == [0] * 13


def test_the_streams_with_most_exposure_are_ten_at_most_and_those_without_are_none() -> None:
    many = [stretch(150 + number, stream=f"local/shop/app{number:02}:v") for number in range(12)]
    quiet = stretch(20, 50, stream="local/shop/quiet:v")
    told = backlog.top_streams(fleet(*many, quiet))
    assert [row["stream"] for row in told] == [f"local/shop/app{n:02}:v" for n in range(10)]
    assert told[0] == {
        "stream": "local/shop/app00:v",
        "team": "shop",
        "exposure_days": 40,
        "open": 1,
    }
    assert backlog.top_streams(fleet(quiet)) == []


def test_streams_of_equal_exposure_stand_by_name() -> None:
    told = backlog.top_streams(fleet(stretch(150, stream="b"), stretch(150, stream="a")))
    assert [row["stream"] for row in told] == ["a", "b"]
