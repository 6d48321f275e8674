"""The report over the season: its figures recomputed by other code, and the story they tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any

import pytest

from tests.acceptance.season.played import Document, Season
from tests.unit.report.figures import recounted
from tests.unit.report.figures.recomputed import (
    Days,
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


# What the page shows beside the figures: the four boxes, the charts and the tables.


def close(one: object) -> Any:  # noqa: ANN401 what pytest makes of it
    return pytest.approx(one, rel=1e-9, abs=1e-9)


def agrees(group: Document, rows: list[Row], begin: Fraction, end: Fraction | int = 0) -> None:
    """Counts, figures and curve of a group are those of its rows."""
    counts = episodes(rows, begin, end)
    assert {name: group["episodes"][name] for name in counts} == counts
    assert differences(group["figures"], figures(rows, begin, end)) == []
    told = [(one["day"], one["survival"], one["at_risk"]) for one in group["curve"]]
    expected = recounted.curve(rows, begin, end)
    assert [(day, at_risk) for day, _, at_risk in told] == [(day, n) for day, _, n in expected]
    assert [share for _, share, _ in told] == close([share for _, share, _ in expected])


def test_the_four_boxes_are_those_of_critical_and_high(report: Document, rows: list[Row]) -> None:
    mine = recounted.urgent(rows)
    assert 0 < len(mine) < len(rows)
    agrees(report["critical_and_high"], mine, since(report))
    before = report["previous"]
    begin, end = days(report, before["since"]), days(report, before["as_of"])
    agrees(before["critical_and_high"], mine, begin, end)


def test_the_curves_of_all_severities_are_recomputed(report: Document, rows: list[Row]) -> None:
    agrees(report, rows, since(report))
    before = report["previous"]
    agrees(before, rows, days(report, before["since"]), days(report, before["as_of"]))


def test_the_incidence_of_each_cause_is_recomputed(report: Document, rows: list[Row]) -> None:
    shown = 0
    for day in (7, 30, 90):
        shares = recounted.incidence(rows, since(report), 0, day)
        assert report["cumulative_incidence"].keys() == shares.keys()
        for cause, share in shares.items():
            value = report["cumulative_incidence"][cause][str(day)]["value"]
            assert value is None or value == close(share)
            shown += value is not None
    assert shown > 3


def test_what_is_open_is_counted_again_by_age(report: Document, rows: list[Row]) -> None:
    assert report["ages"] == recounted.ages(rows)


def test_each_week_is_seven_days_before_the_next(report: Document) -> None:
    assert [days(report, week) for week in report["weeks"]] == [-7 * n for n in range(12, -1, -1)]


def test_the_rows_of_teams_are_recomputed(
    season: Season, report: Document, rows: list[Row]
) -> None:
    covered = covered_streams(season, report["as_of"])
    assert {one["team"] for one in report["teams"]} == set(TEAMS)
    for one in report["teams"]:
        mine = [row for row in rows if row.team == one["team"]]
        streams = {name: why for name, why in covered.items() if name.split("/")[1] == one["team"]}
        expected = recounted.team(mine, since(report))
        assert {name: one[name] for name in expected if "days" not in name} == {
            name: value for name, value in expected.items() if "days" not in name
        }
        for name in ("exposure_days", "exposure_days_before"):
            assert one[name] == close(expected[name])
        assert one["streams"] == len(streams)
        assert one["covered"] == list(streams.values()).count(None)
    spent = [one["exposure_days"] for one in report["teams"]]
    assert spent == sorted(spent, reverse=True)


def test_the_change_is_recomputed(report: Document, rows: list[Row]) -> None:
    change, begin = report["change"], since(report)
    assert change["exposure_days"] == {
        "now": close(recounted.observed(rows, begin)),
        "before": close(recounted.observed(rows, 2 * begin, begin)),
    }
    for one in change["by_team"]:
        mine = [row for row in rows if row.team == one["team"]]
        assert one["now"] == close(recounted.observed(mine, begin))
        assert one["before"] == close(recounted.observed(mine, 2 * begin, begin))
    causes = episodes(rows, begin)["by_cause"]
    assert change["without_work"] == {k: v for k, v in causes.items() if k != "remediated"}


def test_what_comes_due_is_recomputed(report: Document, rows: list[Row]) -> None:
    expected = recounted.due(rows)
    told = [{**one, "due": days(report, one["due"])} for one in report["due"]]
    names = ("due", "overdue", "vulnerability", "severity", "windows", "by_team")
    assert [{name: one[name] for name in names} for one in told] == expected[:50]
    overdue = sum(one["overdue"] for one in expected)
    assert report["due_in_all"] == {"overdue": overdue, "coming": len(expected) - overdue}


def test_the_top_streams_are_recomputed(report: Document, rows: list[Row]) -> None:
    expected = recounted.top_streams(rows, since(report))
    told = [(one["stream"], one["open"]) for one in report["top_streams"]]
    assert told == [(name, count) for name, _, count in expected]
    spent = [one["exposure_days"] for one in report["top_streams"]]
    assert spent == close([days for _, days, _ in expected])


def test_what_bumps_ended_and_left_is_recomputed(
    season: Season, report: Document, rows: list[Row]
) -> None:
    tickets = [one for one in season.remembered if one.filed_at is not None]

    def asked(row: Row) -> list[tuple[Days, str]]:
        found: list[tuple[Days, str]] = []
        for one in tickets:
            on_it = {line.name.stream for line in one.lines}
            rated = one.listed.get(row.vulnerability)
            severe = rated is not None and rated.severity in recounted.URGENT
            closed = one.closed_at if one.closed_by == "watcher" else None
            over = closed is not None and row.last > days(report, str(closed))
            if row.stream in on_it and severe and not over:
                cause = one.key.cause
                found.append((days(report, str(one.filed_at)), f"{cause.team}:{cause.lineage}"))
        return found

    expected = recounted.ended(rows, since(report), asked)
    ended = {row["key"]: row["ended"] for row in report["bumps"] if row["ended"]["windows"]}
    assert {key: one["windows"] for key, one in ended.items()} == {
        key: count for key, (count, _) in expected.items()
    }
    for key, (_, spared) in expected.items():
        assert ended[key]["exposure_days"] == close(spared)
    total = sum(one["windows"] for one in ended.values())
    assert 0 < total <= report["episodes"]["by_cause"]["remediated"]

    planned = {f"{one['team']}:{one['base']['name']}": one for one in season.ask("bumps")["bumps"]}
    assert planned.keys() <= {row["key"] for row in report["bumps"]}
    for row in report["bumps"]:
        plan = planned.get(row["key"])
        if plan is None or not plan["images"]:  # of a lineage of which no base helps
            assert row["left"]["windows"] == 0
            continue
        lines = plan["images"]
        streams = {line["stream"] for line in lines}
        waiting = {line["stream"] for line in lines if line["because"] != "remediated"}
        assert (row["streams"], row["moved"]) == (len(streams), len(streams - waiting))
        severe = [one for one in plan["fixes"] if one["severity"] in recounted.URGENT]
        left = sum(one["exposures"] for one in severe)
        assert row["left"] == {"windows": left, "exposure_days_per_week": 7 * left}
        assert plan["exposure_days_per_week"] == 7 * left
        still = {(one.stream, one.vulnerability) for one in recounted.open_at(rows)}
        theirs = {(s, one["vulnerability"]) for s in streams for one in severe}
        assert left <= len(still & theirs)


def test_coverage_is_recomputed_from_the_streams_of_each_day(
    season: Season, report: Document
) -> None:
    told = report["coverage"]
    now = covered_streams(season, report["as_of"])
    assert told["streams"] == len(now)
    assert told["covered"] == list(now.values()).count(None)
    assert told["share"] == close(told["covered"] / told["streams"])
    uncovered = {one["stream"]: one["reason"] for one in told["uncovered"]}
    assert uncovered == {name: why for name, why in now.items() if why is not None}
    as_of = datetime.fromisoformat(report["as_of"])
    each = [covered_streams(season, (as_of - timedelta(days=n)).isoformat()) for n in range(90)]
    covered = sum(list(one.values()).count(None) for one in each)
    assert told["stream_days_share"] == close(covered / sum(map(len, each)))
    assert covered < sum(map(len, each))


def covered_streams(season: Season, at: str) -> dict[str, str | None]:
    """Each stream with why it is not covered on one of its platforms; None where it is."""
    found: dict[str, str | None] = {}
    for one in season.ask("streams", "--as-of", at)["streams"]:
        if one["published"]:
            found[one["name"]] = found.get(one["name"]) or one["reason"]
    return found
