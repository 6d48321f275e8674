"""Periods: how they join, and where they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.domain.days import day
from watcher.domain.errors import UsageError
from watcher.report.figures.period import Period


def test_without_a_start_the_period_is_the_last_ninety_days() -> None:
    assert Period.ending(day(100)) == Period(day(10), day(100))
    assert Period.ending(day(100), day(99)) == Period(day(99), day(100))


@pytest.mark.parametrize("since", [5, 6])
def test_an_empty_period_is_wrong_usage_and_both_times_are_named(since: float) -> None:
    with pytest.raises(UsageError, match=r"--since 2026-03-0[67]T.* is not before --as-of 2026-03"):
        Period(day(since), day(5))


def test_the_period_before_has_the_same_length_and_touches() -> None:
    assert Period(day(10), day(40)).previous == Period(day(-20), day(10))


def test_at_the_dawn_of_the_calendar_there_is_less_before_or_nothing() -> None:
    dawn = datetime.min.replace(tzinfo=UTC)
    assert Period(dawn, day(0)).previous is None
    later = dawn + timedelta(days=1)
    assert Period(later, day(0)).previous == Period(dawn, later)
    assert Period.ending(later) == Period(dawn, later)
    assert Period(dawn, later).weeks() == [*[dawn] * 12, later]


def test_days_end_with_the_period_and_none_lies_at_its_start() -> None:
    assert Period(day(7), day(10)).days() == [day(8), day(9), day(10)]
    assert Period(day(7.5), day(10)).days() == [day(8), day(9), day(10)]
    assert Period(day(9.9), day(10)).days() == [day(10)]


def test_weeks_are_thirteen_and_the_last_is_now() -> None:
    weeks = Period(day(99), day(100)).weeks()
    assert (weeks[0], weeks[-1], len(weeks)) == (day(16), day(100), 13)
