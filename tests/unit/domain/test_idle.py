"""Idle lines: overtaken, and not pushed for half a year."""

from __future__ import annotations

import pytest

from tests.unit.domain.days import day
from watcher.domain.stream import Line, idle_lines


def line(name: str, since: float, repository: str = "local/shop/api") -> Line:
    return Line(repository, name, day(since))


@pytest.mark.parametrize(
    ("lines", "idle"),
    [
        ([line("1", -180), line("2", 0)], ["1"]),
        ([line("1", -179), line("2", 0)], []),
        ([line("1", -400)], []),
        ([line("9", -400), line("10", -400)], ["9"]),
        ([line("1.9", -400), line("1.10", 0)], ["1.9"]),
        ([line("1-slim", -400), line("2", 0)], []),
        ([line("1-slim", -400), line("1", -400), line("2-slim", 0)], ["1-slim"]),
        ([line("1", -400), line("2", 0, "local/shop/web")], []),
        ([line("all", -400)], []),
    ],
)
def test_a_line_is_idle_when_a_higher_one_is_there_and_nobody_pushed_for_long(
    lines: list[Line], idle: list[str]
) -> None:
    assert [one.name for one in lines if one in idle_lines(lines, day(0))] == idle
