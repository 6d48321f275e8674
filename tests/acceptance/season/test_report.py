"""The report over the season: its figures recomputed by other code, and the story they tell."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby

import pytest

from tests.acceptance.season.played import Document, Season
from tests.unit.report.figures.recomputed import (
    Row,
    days_between,
    differences,
    episodes,
    figures,
    rows_of,
)

pytestmark = pytest.mark.servers

TEAMS = ("data", "ops", "pay", "shop")


@pytest.fixture(scope="module")
def report(season: Season) -> Document:
    return season.ask("report")


@pytest.fixture(scope="module")
def rows(season: Season, report: Document) -> list[Row]:
    """All episodes, platforms united; a stream's vulnerability at a time, for the code is naive."""

    def unit(window: Document) -> tuple[str, ...]:
        return tuple(window[name] for name in ("repository", "by", "stream", "vulnerability"))

    windows = sorted(season.ask("exposures", "--as-of", report["as_of"])["windows"], key=unit)
    return [
        row
        for _, together in groupby(windows, key=unit)
        for row in rows_of({"windows": list(together)}, report["as_of"])
    ]


def days(report: Document, time: str) -> Fraction:
    return days_between(report["as_of"], time)


def since(report: Document) -> Fraction:
    return days(report, report["since"])


def test_the_figures_are_those_recomputed_from_the_exposures(
    report: Document, rows: list[Row]
) -> None:
    assert differences(report["figures"], figures(rows, since(report))) == []
    told = {name: report["episodes"][name] for name in episodes(rows, since(report))}
    assert told == episodes(rows, since(report))
    assert report["episodes"]["closed"] > 0


@pytest.mark.parametrize("severity", ["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"])
def test_the_figures_of_each_severity_are_those_recomputed(
    report: Document, rows: list[Row], severity: str
) -> None:
    mine = [row for row in rows if row.severity == severity]
    assert differences(report["by_severity"][severity], figures(mine, since(report))) == []


@pytest.mark.parametrize("team", TEAMS)
def test_the_figures_of_each_team_are_those_recomputed(
    report: Document, rows: list[Row], team: str
) -> None:
    mine = [row for row in rows if row.team == team]
    assert mine
    assert differences(report["by_team"][team], figures(mine, since(report))) == []


def test_the_previous_period_is_recomputed_too(report: Document, rows: list[Row]) -> None:
    before = report["previous"]
    begin, end = days(report, before["since"]), days(report, before["as_of"])
    assert differences(before["figures"], figures(rows, begin, end)) == []


def test_the_teams_are_as_fast_as_the_story_says(report: Document) -> None:
    told = {team: report["by_team"][team]["km_median_days"]["value"] for team in TEAMS}
    assert told["shop"] < 5 < told["data"] < 20 < told["pay"] < 45
    assert told["ops"] is None
    assert report["by_team"]["ops"]["km_median_days"]["reason"].startswith("not estimable")
    now, before = report["figures"], report["previous"]["figures"]
    assert now["km_median_days"]["value"] < 16
    assert before["km_median_days"]["value"] > 32


def test_exposure_grew_until_the_tickets_were_worked_off(season: Season) -> None:
    open_after = {day: moment.played.exposures for day, moment in season.moments.items()}
    peak = max(open_after, key=open_after.__getitem__)
    assert peak == 48
    assert open_after[0] < open_after[42] < open_after[peak]
    assert open_after[120] < open_after[peak] * 0.6


def test_five_bumps_end_at_least_half_of_what_is_left(season: Season) -> None:
    bumps = season.ask("bumps")["bumps"]
    ended = sorted((sum(fix["streams"] for fix in one["fixes"]) for one in bumps), reverse=True)
    left = season.ask("exposures", "--open")["windows"]
    severe = [one for one in left if one["severity"] in {"CRITICAL", "HIGH"}]
    assert sum(ended[:5]) >= 0.48 * len(left)
    week = sorted((one["exposure_days_per_week"] for one in bumps), reverse=True)
    assert sum(week[:5]) / 7 >= 0.5 * len(severe)
