"""Whose days they were: the parts of an exposure sum to it, whatever came when."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.domain.days import day
from watcher.domain.waterfall import Lag, Milestones, waterfall

TIMES = st.none() | st.integers(-20, 80).map(day)
EVERY = st.builds(
    Milestones,
    known_in_db=TIMES,
    detected=TIMES,
    fix_available=TIMES,
    base_fix_available=TIMES,
    ticketed=TIMES,
    in_base=st.booleans(),
)


@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), EVERY)
def test_the_parts_follow_each_other_and_sum_to_the_exposure(
    start: int, length: int, milestones: Milestones
) -> None:
    end = day(start + length)
    lags = waterfall(day(start), end, milestones)
    whole = sum((lag.end - lag.start for lag in lags), timedelta())
    assert whole == end - day(start)
    assert all(lag.start < lag.end for lag in lags)
    assert all(one.end == other.start for one, other in pairwise(lags))
    assert len({lag.stage for lag in lags}) == len(lags)
    if lags:
        assert (lags[0].start, lags[-1].end) == (day(start), end)


@settings(max_examples=2000, deadline=None)
@given(EVERY, st.integers(0, 60))
def test_an_hour_belongs_to_the_first_stage_behind_the_last_milestone_that_has_come(
    milestones: Milestones, at: int
) -> None:
    """Another way to the same answer: ask of one hour alone which milestones lie behind it.

    One has come once its own time and that of all before it have.
    """
    awaited = list(milestones.awaited())
    here = day(at) + timedelta(hours=1)

    def has_come(place: int) -> bool:
        reached = [time for _, time in awaited[: place + 1] if time is not None]
        return awaited[place][1] is not None and max(reached) <= here

    behind = max((place for place in range(len(awaited)) if has_come(place)), default=-1)
    stages = [*(stage for stage, _ in awaited), "rebuild"]
    (found,) = [
        lag.stage for lag in waterfall(day(0), day(61), milestones) if lag.start <= here < lag.end
    ]
    assert found == stages[behind + 1]


def test_without_a_fix_all_days_since_detection_wait_for_one() -> None:
    lags = waterfall(day(0), day(9), Milestones(known_in_db=day(1), detected=day(2)))
    assert lags == [
        Lag("database", day(0), day(1)),
        Lag("detection", day(1), day(2)),
        Lag("fix", day(2), day(9)),
    ]


def test_what_no_base_brought_waits_for_no_base_and_no_ticket() -> None:
    milestones = Milestones(known_in_db=day(0), detected=day(0), fix_available=day(3))
    assert [lag.stage for lag in waterfall(day(0), day(9), milestones)] == ["fix", "rebuild"]
