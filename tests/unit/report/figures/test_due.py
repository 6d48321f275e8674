"""What comes due: summed by vulnerability, past due apart, the most urgent first."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.domain.days import day
from tests.unit.report.figures.windows import random_windows, stretch, team_of
from watcher.domain.package import SEVERITIES
from watcher.domain.policy import DEFAULT, Due, Policy, by_severity
from watcher.report.figures.fleet import fleet_of
from watcher.report.figures.period import Period
from watcher.report.figures.stretch import Stretch, stretches_of, team_name
from watcher.report.figures.united import united
from watcher.report.times import stamp

PERIOD = Period(day(100), day(190))


def due(*stretches: Stretch, policy: Policy = DEFAULT) -> list[dict[str, Any]]:
    return fleet_of(united(stretches), PERIOD, policy).dues.written()


def test_a_row_has_everything_of_one_vulnerability() -> None:
    (row,) = due(
        stretch(150, stream="a", severity="HIGH", packages=("jinja2",)),
        stretch(170, stream="b", severity="CRITICAL", packages=("jinja2", "Jinja2"), team="pay"),
        stretch(175, stream="c", severity="CRITICAL", team="pay"),
        stretch(175, stream="d", severity="CRITICAL", team=None),
    )
    assert row == {
        "due": stamp(day(177)),
        "overdue": True,
        "vulnerability": "CVE-1",
        "packages": ["Jinja2", "jinja2"],
        "severity": "CRITICAL",
        "windows": 4,
        "by_team": {"pay": 2, "(unowned)": 1, "shop": 1},
    }
    assert list(row["by_team"]) == ["pay", "(unowned)", "shop"]


def test_past_due_comes_first_and_each_kind_by_its_time() -> None:
    told = due(
        stretch(165, vulnerability="soon"),
        stretch(189, vulnerability="later"),
        stretch(150, vulnerability="late"),
        stretch(20, vulnerability="latest"),
    )
    assert [(row["vulnerability"], row["overdue"]) for row in told] == [
        ("latest", True),
        ("late", True),
        ("soon", False),
        ("later", False),
    ]


def test_a_vulnerability_that_is_late_in_one_stream_and_not_in_another_has_two_rows() -> None:
    told = due(stretch(150, stream="a"), stretch(165, stream="b"), stretch(166, stream="c"))
    assert [(row["overdue"], row["windows"], row["due"]) for row in told] == [
        (True, 1, stamp(day(180))),
        (False, 2, stamp(day(195))),
    ]


def test_what_is_closed_or_has_no_limit_is_not_due() -> None:
    closed = stretch(150, 185, stream="a")
    assert due(closed, stretch(10, severity="LOW", stream="b")) == []
    free = by_severity("none", dict.fromkeys(SEVERITIES))
    assert due(stretch(10, policy=free), policy=free) == []


def test_platforms_are_one_window_with_the_packages_of_both() -> None:
    (row,) = due(
        stretch(150, platform="linux/amd64", packages=("a",)),
        stretch(155, platform="linux/arm64", packages=("b",)),
    )
    assert (row["windows"], row["packages"], row["due"]) == (1, ["a", "b"], stamp(day(180)))


def test_fifty_rows_are_the_most() -> None:
    many = [stretch(100 + n / 10, vulnerability=f"CVE-{n:03}") for n in range(120)]
    random.Random(1).shuffle(many)  # noqa: S311 - no secret is drawn
    assert [row["vulnerability"] for row in due(*many)] == [f"CVE-{n:03}" for n in range(50)]


def test_a_due_time_beyond_the_calendar_is_its_last() -> None:
    end = datetime.max.replace(tzinfo=day(0).tzinfo)
    late = replace(stretch(0), start=end, due=Due("due", end))
    (row,) = fleet_of(
        [late],
        Period(end - timedelta(days=1), end),
        DEFAULT,
    ).dues.written()
    assert row["due"] == stamp(end)


@pytest.mark.parametrize("seed", range(8))
def test_rows_are_what_another_count_of_the_open_gives(seed: int) -> None:
    units = list(united(stretches_of(random_windows(seed, 190), team_of)))
    told: list[dict[str, Any]] = fleet_of(units, PERIOD, DEFAULT).dues.written()
    expected: dict[tuple[bool, str], list[tuple[datetime, str]]] = {}
    for one in units:
        if one.end is None and one.start <= PERIOD.as_of and one.due.at:
            key = (one.due.at < PERIOD.as_of, one.vulnerability)
            expected.setdefault(key, []).append((one.due.at, team_name(one.team)))
    assert {(row["overdue"], row["vulnerability"]) for row in told} == expected.keys()
    for row in told:
        members = expected[row["overdue"], row["vulnerability"]]
        assert row["due"] == stamp(min(at for at, _ in members))
        assert row["windows"] == len(members) == sum(row["by_team"].values())
        for team, count in row["by_team"].items():
            assert count == sum(one == team for _, one in members)
        assert row["packages"] == ["x"]
