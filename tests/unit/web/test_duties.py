"""Due times of policies that a database cannot work out by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from tests.unit.domain.days import day
from watcher.domain.policy import Due
from watcher.ports.store.browsing import DueTimes, WindowsWanted
from watcher.reading.reading import Reading
from watcher.web.duties import judged_alone

DUES = {
    1: Due("due", day(3)),
    2: Due("due", day(9)),
    3: Due("unlimited"),
    4: Due("undetermined", missing=("kev",)),
    5: Due("waiting"),
}


@dataclass
class Window:
    number: int


@dataclass
class Record:
    """As much of a reading as is asked here; it is its own app, ledger and judge."""

    read: int = 0
    upto: int = 7

    @property
    def app(self) -> Any:  # noqa: ANN401 - itself
        return self

    exposures = app

    def judge(self) -> Any:  # noqa: ANN401 - itself
        return self

    def windows(self, _wanted: object, upto: int) -> list[Window]:
        assert upto == 7
        self.read += 1
        return [Window(number) for number in DUES]

    def dues(self, window: Window) -> list[Due]:
        return [Due("due", day(0)), DUES[window.number]]


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        (DueTimes(before=day(5)), {1}),
        (DueTimes(since=day(3), before=day(10)), {1, 2}),
        (DueTimes(since=day(4)), {2}),
        (DueTimes(never=True), {3}),
    ],
)
def test_windows_are_judged_one_by_one_and_what_is_undetermined_is_never_free(
    asked: DueTimes, numbers: set[int]
) -> None:
    told = judged_alone(cast("Reading", Record()), WindowsWanted(due=asked))
    assert (told.due, told.order, told.numbers) == (None, "severity", frozenset(numbers))


def test_nothing_is_read_where_no_due_time_is_asked_for() -> None:
    record = Record()
    told = judged_alone(cast("Reading", record), WindowsWanted(order="age"))
    assert (record.read, told.order, told.numbers) == (0, "age", None)
