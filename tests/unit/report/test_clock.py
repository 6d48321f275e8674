"""The record's clock: now while passes are live, running on from the end of a replayed history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from watcher.ports.store.views import FinishedPass
from watcher.report.clock import as_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_time_asked_for_is_the_time() -> None:
    assert as_of(NOON - HOUR, FinishedPass(1, NOON, NOON), NOON + HOUR) == NOON - HOUR


def test_after_a_live_pass_it_is_now() -> None:
    assert as_of(None, FinishedPass(1, NOON, NOON), NOON + HOUR) == NOON + HOUR


def test_after_a_replayed_pass_it_runs_on_from_that_pass() -> None:
    replayed = FinishedPass(1, NOON, NOON + 900 * HOUR)
    assert as_of(None, replayed, NOON + 902 * HOUR) == NOON + 2 * HOUR


def test_it_never_lies_before_the_last_pass_whatever_the_computer_says() -> None:
    assert as_of(None, FinishedPass(1, NOON, NOON + HOUR), NOON) == NOON


def test_it_is_of_whole_seconds() -> None:
    late = NOON + timedelta(seconds=1, microseconds=999_999)
    assert as_of(None, FinishedPass(1, NOON, NOON), late) == NOON + timedelta(seconds=1)
    assert as_of(None, None, late) == NOON + timedelta(seconds=1)


def test_without_any_pass_it_is_now() -> None:
    assert as_of(None, None, NOON) == NOON
