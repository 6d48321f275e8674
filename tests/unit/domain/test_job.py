"""When work that failed is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.domain.days import day
from watcher.domain.job import DEATHS, PARKED, PATIENCE, Rest, rest


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


@pytest.mark.parametrize(
    ("attempts", "pause"), list(enumerate([1, 3, 9, 27, 81, 243, 360], start=1))
)
def test_pauses_grow_threefold_from_a_minute_to_six_hours(attempts: int, pause: int) -> None:
    assert rest(attempts, day(3), lasting=False) == Rest(day(3) + minutes(pause), parked=False)


@pytest.mark.parametrize("attempts", [PATIENCE, PATIENCE + 1, 100_000])
def test_what_failed_too_often_is_parked(attempts: int) -> None:
    assert rest(attempts, day(3), lasting=False) == Rest(day(3) + PARKED, parked=True)


@pytest.mark.parametrize("attempts", [1, PATIENCE, 100_000])
def test_what_fails_for_a_lasting_reason_is_parked_at_once(attempts: int) -> None:
    assert rest(attempts, day(3), lasting=True) == Rest(day(3) + PARKED, parked=True)


def test_no_pause_is_longer_than_that_of_what_is_parked() -> None:
    pauses = [rest(n, day(0), lasting=False).until for n in range(1, PATIENCE + 1)]
    assert pauses == sorted(pauses)
    assert max(pauses) == day(0) + timedelta(days=1)


def test_fewer_deaths_than_failures_park_a_job() -> None:
    assert 1 < DEATHS < PATIENCE
