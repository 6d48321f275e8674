"""What is counted when: bounds of the period, detection, due days."""

from __future__ import annotations

import pytest

from tests.unit.domain.days import day
from tests.unit.report.figures.windows import stretch
from watcher.domain.exposure import Cause
from watcher.domain.policy import by_severity
from watcher.report.figures.period import Period
from watcher.report.figures.span import DAY, span_of
from watcher.report.figures.stretch import Stretch
from watcher.report.figures.tally import REMEDIATED, Tally, merged

PERIOD = Period(day(100), day(190))


def tally(*stretches: Stretch) -> Tally:
    sums = Tally.over(PERIOD)
    for one in stretches:
        sums.add(span_of(one))
    return sums


@pytest.mark.parametrize(
    ("start", "end", "opened", "closed", "is_open"),
    [
        (50, 99, 0, 0, 0),  # over before
        (50, 100, 0, 0, 0),  # ended as the period began: a change of the period before
        (50, 101, 0, 1, 0),
        (50, None, 0, 0, 1),
        (100, None, 0, 0, 1),  # began as the period began: it was open at its start
        (101, 102, 1, 1, 0),
        (101, 190, 1, 1, 0),  # ended as the period ended: not open any more
        (101, 191, 1, 0, 1),  # will end: still open
        (190, None, 1, 0, 1),  # began as the period ended: open now
        (191, None, 0, 0, 0),  # yet to begin
    ],
)
def test_changes_count_after_the_periods_start_and_up_to_its_end(
    start: float, end: float | None, opened: int, closed: int, is_open: int
) -> None:
    sums = tally(stretch(start, end))
    assert (sums.opened, sums.closed.total(), sums.open) == (opened, closed, is_open)


@pytest.mark.parametrize(
    ("start", "end", "detected", "observed", "unseen"),
    [
        (110, 120, 110, 10, 0),
        (110, 120, 113, 7, 3),
        (110, 120, 120, 0, 10),  # detected as it ended: nobody watched any of it
        (110, 120, 150, 0, 10),  # detected when it was over
        (90, 120, 95, 20, 0),  # detected before the period: all of it in the period is observed
        (90, 120, 110, 10, 10),
        (90, 120, 80, 20, 0),  # recorded ahead of its start
        (110, None, 110, 80, 0),
        (190, None, 190, 0, 0),
    ],
)
def test_exposure_is_observed_from_detection_on_and_backfilled_before(
    start: float, end: float | None, detected: float, observed: float, unseen: float
) -> None:
    sums = tally(stretch(start, end, detected=detected))
    assert (sums.observed, sums.unseen) == (observed * DAY, unseen * DAY)
    assert len(sums.exits) == (observed > 0)
    assert sums.late == (unseen > 0)


def test_a_stretch_enters_the_curve_at_its_age_when_it_was_first_seen_in_the_period() -> None:
    sums = tally(stretch(40, 130, detected=60), stretch(110, detected=115))
    assert list(sums.entries) == [60, 5]
    assert list(sums.exits) == [90, 80]
    assert list(sums.outcomes) == [REMEDIATED, 0]


def test_remediation_takes_from_start_to_end_even_where_it_began_before_the_period() -> None:
    sums = tally(stretch(40, 130), stretch(110, 120, cause="retired"), stretch(0, 99))
    assert sums.remediation == 90 * DAY
    assert sums.closed[REMEDIATED] == 1


@pytest.mark.parametrize(
    ("age", "limit", "past_due"),
    [(7, 7, 0), (7 + 1e-6, 7, 1), (89, 90, 0), (91, 90, 1), (900, None, 0)],
)
def test_a_stretch_is_past_due_when_its_due_time_is_before_now(
    age: float, limit: int | None, past_due: int
) -> None:
    policy = by_severity("some", {"HIGH": limit})
    sums = tally(stretch(190 - age, policy=policy))
    assert sums.past_due == past_due
    assert sums.limited == (limit is not None)


@pytest.mark.parametrize(
    ("age", "bucket"), [(0, 0), (7, 0), (7.01, 1), (30, 1), (30.01, 2), (90, 2), (90.01, 3)]
)
def test_ages_fall_into_buckets_by_whole_limits(age: float, bucket: int) -> None:
    assert tally(stretch(190 - age)).ages == [number == bucket for number in range(4)]


def test_backfilled_counts_what_is_open_or_ended_in_the_period() -> None:
    starts_and_ends = [(50, 99), (50, 120), (50, None), (191, None)]
    sums = tally(*(stretch(start, end, backfilled=True) for start, end in starts_and_ends))
    assert sums.backfilled == 2


def test_merged_groups_are_what_one_group_would_have_been() -> None:
    every = [
        stretch(number, number + 40, detected=number + number % 9) for number in range(60, 200)
    ]
    parts = [tally(*every[:50]), tally(*every[50:]), tally()]
    whole, expected = merged(PERIOD, parts), tally(*every)
    for name in Tally.__slots__:
        assert getattr(whole, name) == getattr(expected, name), name


@pytest.mark.parametrize(
    ("start", "end", "cause", "met", "missed"),
    [
        (110, 140, "remediated", 1, 0),  # on the last day
        (110, 141, "remediated", 0, 1),  # a day too late: missed, and not met as well
        (110, 139, "retired", 0, 0),  # it ended by itself before anything was decided
        (110, 150, "retired", 0, 1),
        (110, None, "remediated", 0, 1),
        (160, None, "remediated", 0, 0),  # due now: not past
        (60, 120, "remediated", 0, 0),  # missed in the period before
        (69, 100, "remediated", 0, 0),  # on the day before: missed then
        (70, 101, "remediated", 0, 1),
        (180, 195, "remediated", 0, 0),  # yet to end
    ],
)
def test_each_stretch_is_judged_once_when_it_ends_in_time_or_its_due_time_passes(
    start: float, end: float | None, cause: Cause, met: int, missed: int
) -> None:
    sums = tally(stretch(start, end, cause=cause))
    assert (sums.met, sums.missed) == (met, missed)


def test_what_nobody_can_judge_is_open_and_neither_due_nor_free_of_it() -> None:
    silent = by_severity("silent", {"CRITICAL": 7})
    sums = tally(stretch(110, policy=silent), stretch(110, severity="CRITICAL", policy=silent))
    assert (sums.open, sums.undetermined, sums.limited, sums.past_due) == (2, 1, 1, 1)
    (cluster,) = sums.clusters.values()
    assert (cluster.open, cluster.judged, cluster.past_due) == (2, 1, 1)
