"""`watcher explain`: numbers by their names, for people and as JSON, and what is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.integration.times.conftest import Desk

Captured = pytest.CaptureFixture[str]


def explained(desk: Desk, figure: str, *options: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(desk.told("explain", figure, "--format", "json", *options))


def test_a_number_is_walked_down_as_lines_for_people(desk: Desk) -> None:
    told = desk.told("explain", "episodes.open").decode()
    lines = told.splitlines()
    assert lines[0] == "episodes.open = 2"
    assert "2; 2 of 2 parts shown" in lines
    for what in ("episode:", "binding:", "tag:", "match:", "first found by:", "catalogue:"):
        assert any(line.strip().startswith(what) for line in lines), told
    assert "recorded by pass 1 at 2026-03-02T00:00:00Z" in told


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("exposure_days", "figures.exposure_days.value"),
        ("figures.exposure_days", "figures.exposure_days.value"),
        ("by_team.shop.exposure_days.n", "by_team.shop.exposure_days.n"),
        ("coverage.share", "coverage.share"),
    ],
)
def test_a_figure_stands_for_its_value_and_its_room_may_be_left_out(
    desk: Desk, asked: str, meant: str
) -> None:
    told = explained(desk, asked)
    assert (told["figure"], told["schema"]) == (meant, "watcher/explain/1")
    assert told["value"] is not None


def test_a_figure_without_a_value_says_why_and_what_it_would_rest_on(desk: Desk) -> None:
    told = explained(desk, "km_median_days")
    assert told["value"] is None
    assert "not estimable" in told["reason"]
    assert told["parts"]


def test_coverage_is_walked_down_to_the_heads_of_streams(desk: Desk) -> None:
    told = explained(desk, "coverage.covered")
    assert told["value"] == len(told["parts"]) == 3
    assert all(head["image"] for one in told["parts"] for head in one["heads"])


def test_only_so_many_parts_are_told_of_and_all_are_counted(desk: Desk) -> None:
    told = explained(desk, "exposure_days", "--limit", "1")
    assert len(told["parts"]) == 1 < told["parts_in_all"]
    assert told["sum"]["counts"] == pytest.approx(told["value"])


def test_a_past_number_is_walked_down_to_what_was_known_then(desk: Desk) -> None:
    then = explained(desk, "episodes.open", "--as-of", "2026-03-08T00:00:00Z")
    now = explained(desk, "episodes.open", "--as-of", "2026-03-08T00:00:00Z", "--known-now")
    assert (then["read_upto_pass"], now["read_upto_pass"]) == (2, 4)
    assert then["known_now"] is False
    assert now["known_now"] is True
    assert ended_bindings(then) == 0
    assert ended_bindings(now) > 0


def ended_bindings(told: Mapping[str, Any]) -> int:
    """How many of the bindings told of have an end on record."""
    episodes = [episode for part in told["parts"] for episode in part["episodes"]]
    return sum(bool(one["to"]) for episode in episodes for one in episode["bindings"])


def test_a_team_whose_name_has_dots_is_found(desk: Desk) -> None:
    desk.configure(owners=[{"match": "local/shop/**", "team": "shop.web.n"}])
    assert explained(desk, "by_team.shop.web.n.exposure_days.n")["value"] == 3


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("episodes.opne", "there are: open, opened"),
        ("nothing", "a report has no nothing"),
        ("episodes", "is no number"),
        ("as_of", "is no number"),
        ("teams.99.streams", "there are: 0, 1"),
        ("known_now", "is no number"),
    ],
)
def test_what_is_no_number_of_the_report_is_wrong_usage_that_says_what_there_is(
    desk: Desk, capsys: Captured, asked: str, says: str
) -> None:
    assert desk.run("explain", asked) == 2
    assert says in capsys.readouterr().err
