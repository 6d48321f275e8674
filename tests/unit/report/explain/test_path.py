"""Numbers of a report by their names."""

from __future__ import annotations

import pytest

from watcher.domain.errors import UsageError
from watcher.report.explain.path import found, named, numbers

FIGURE = {"value": 1.5, "ci": [1.0, 2.0], "n": 3, "reason": None}
UNKNOWN = {"value": None, "ci": None, "n": 0, "reason": "nothing is open"}
REPORT = {
    "as_of": "2026-03-01T00:00:00Z",
    "known_now": False,
    "figures": {"mean": FIGURE, "share": UNKNOWN},
    "by_team": {"a": FIGURE, "a.b": UNKNOWN, "a.b.mean": {"mean": FIGURE}},
    "rows": [{"open": 1}, {"open": 2}],
    "change": {"before": None, "after": None},
}


def test_every_number_is_found_by_its_name_and_nothing_else_is_one() -> None:
    every = dict(numbers(REPORT))
    assert len(every) == 4 * 3 + 1 + 1 + 2
    assert {named(way): found(REPORT, named(way)) for way in every} == {
        named(way): (way, value) for way, value in every.items()
    }


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("figures.mean", "figures.mean.value"),
        ("mean", "figures.mean.value"),
        ("mean.n", "figures.mean.n"),
        ("share", "figures.share.value"),
        ("by_team.a.b", "by_team.a.b.value"),
        ("by_team.a.n", "by_team.a.n"),
        ("by_team.a.b.mean.mean.ci.1", "by_team.a.b.mean.mean.ci.1"),
        ("rows.1.open", "rows.1.open"),
        ("change.before", "change.before"),
    ],
)
def test_a_name_may_be_short_and_its_keys_may_have_dots(text: str, way: str) -> None:
    assert named(found(REPORT, text)[0]) == way


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rows.7.open", "nothing at '7.open'; there are: 0, 1"),
        ("rows.-1.open", "there are: 0, 1"),
        ("meen", "there are: as_of, known_now"),
        ("by_team.a.x", "there are: value, ci"),
        ("known_now", "is no number"),
        ("as_of", "is no number"),
        ("rows", "is no number; there are: 0, 1"),
        ("change.after", "it is null"),
        ("figures.share.ci", "it is null"),
        ("", "no number"),
    ],
)
def test_what_is_no_number_is_told_with_what_there_is(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        found(REPORT, text)
