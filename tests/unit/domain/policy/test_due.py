"""When something is due: limits, clocks that stand still, and ratings that change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.domain.days import day
from watcher.domain.policy import UNLIMITED, Due, Limit, Rated, Run, due, undetermined


def days(number: float) -> Limit:
    return Limit(timedelta(days=number))


@pytest.mark.parametrize(
    ("rated", "at"),
    [
        ([(None, 30)], 40),
        ([(None, 90), (20, 7)], 27),  # raised later: its whole limit from then on
        ([(None, 30), (20, 90)], 40),  # lowered: what was allowed before stands
        ([(None, 7), (60, 90)], 17),  # lowered after the breach, which stays
        ([(5, 30)], 40),  # recorded before the clock began
    ],
)
def test_due_is_the_earliest_of_all_ratings(rated: list[tuple[int | None, int]], at: int) -> None:
    told = [Rated(None if r is None else day(r), days(limit)) for r, limit in rated]
    assert due([Run(day(10), None)], told) == Due("due", day(at))


def test_the_clock_stands_still_in_gaps_and_goes_on_behind_them() -> None:
    clock = [Run(day(0), day(10)), Run(day(50), day(55)), Run(day(90), None)]
    assert due(clock, [Rated(None, days(10))]).at == day(10)
    assert due(clock, [Rated(None, days(12))]).at == day(52)
    assert due(clock, [Rated(None, days(20))]).at == day(95)
    assert due(clock, [Rated(day(20), days(3))]).at == day(53)
    assert due(clock, [Rated(day(70), days(3))]).at == day(93)


def test_a_clock_that_stopped_before_the_limit_tells_when_it_would_have_passed() -> None:
    assert due([Run(day(0), day(10))], [Rated(None, days(12))]).at == day(12)


def test_without_a_start_of_the_clock_a_limit_waits() -> None:
    assert due([], [Rated(None, days(7))]) == Due("waiting")


def test_no_limit_is_not_the_same_as_no_answer() -> None:
    clock = [Run(day(0), None)]
    unknown = undetermined(["kev", "impact", "kev"])
    assert due(clock, [Rated(None, UNLIMITED)]) == Due("unlimited")
    assert due(clock, [Rated(None, UNLIMITED), Rated(day(1), unknown)]) == Due(
        "undetermined", None, ("impact", "kev")
    )


def test_a_time_stands_though_another_rating_is_undetermined() -> None:
    rated = [Rated(None, days(7)), Rated(day(1), undetermined(["kev"]))]
    assert due([Run(day(0), None)], rated) == Due("due", day(7))


def test_beyond_the_calendar_is_its_last_time() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    assert due([Run(last - timedelta(days=1), None)], [Rated(None, days(7))]).at == last


@settings(max_examples=2000, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=9),
    st.none() | st.integers(0, 40),
    st.integers(1, 40),
)
def test_due_is_where_so_many_days_of_the_clock_have_been_counted_one_by_one(
    lengths: list[int], recorded: int | None, limit: int
) -> None:
    """Runs and gaps follow each other; the last run lasts."""
    edges = [sum(lengths[:place]) for place in range(len(lengths) + 1)]
    runs = [Run(day(a), day(b)) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    runs[-1] = Run(runs[-1].start, None)
    at, left = 0, limit
    while left:
        ticking = any(r.start <= day(at) and (r.end is None or day(at) < r.end) for r in runs)
        left -= ticking and at >= (recorded or 0)
        at += 1
    told = Rated(None if recorded is None else day(recorded), days(limit))
    assert due(runs, [told]).at == day(at)
