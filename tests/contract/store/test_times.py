"""Times come back as the same moment in UTC, on databases with and without time zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import StatementError

from tests.contract.store.record import PLAIN
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.views import SqlViews

EXACT = datetime(2026, 3, 29, 1, 59, 59, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    "at",
    [
        EXACT,
        EXACT.replace(microsecond=0),
        EXACT.replace(microsecond=1),
        EXACT.astimezone(timezone(timedelta(hours=-11, minutes=-30))),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2, 1, 1, tzinfo=UTC),
        datetime(9998, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
    ids=str,
)
def test_a_time_is_the_same_moment_in_utc_to_the_microsecond(engine: Engine, at: datetime) -> None:
    store = SqlPasses(engine)
    store.begin(at, EXACT, [], PLAIN)
    last = store.last()
    assert last is not None
    assert (last.at, last.at.tzinfo) == (at, UTC)
    assert store.running_since() == EXACT


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    naive = EXACT.replace(tzinfo=None)
    with pytest.raises(StatementError, match="a time without a zone was to be stored"):
        SqlPasses(engine).begin(naive, EXACT, [], PLAIN)
    assert SqlPasses(engine).last() is None


def test_times_are_compared_as_moments_and_not_as_they_are_written(engine: Engine) -> None:
    store = SqlPasses(engine)
    this = store.begin(EXACT, EXACT, [], PLAIN)
    store.finish(this, "complete", {})
    east = timezone(timedelta(hours=5, minutes=45))
    just_before, just_after = (EXACT + timedelta(microseconds=one) for one in (-1, 1))
    assert SqlViews(engine).finished(just_before.astimezone(east)) is None
    found = SqlViews(engine).finished(just_after.astimezone(east))
    assert found is not None
    assert found.number == this.number
