"""Platforms united: the unit is the maximal interval in which any platform is exposed."""

from __future__ import annotations

import pytest

from tests.unit.domain.days import day
from tests.unit.report.figures.windows import stretch
from watcher.domain.exposure import Cause
from watcher.report.figures.stretch import Stretch
from watcher.report.figures.united import united

ARM = "linux/arm64"


def one_of(*stretches: Stretch) -> Stretch:
    (unit,) = united(stretches)
    return unit


def test_a_stretch_alone_stays_as_it_is() -> None:
    alone = stretch(1, 2)
    assert one_of(alone) is alone


@pytest.mark.parametrize(("start", "end"), [(2, 3), (3, 9), (5, 9), (1, 9)])
def test_stretches_that_overlap_or_touch_are_one(start: float, end: float) -> None:
    unit = one_of(stretch(1, 5), stretch(start, end, platform=ARM))
    assert (unit.start, unit.end) == (day(1), day(max(5, end)))


def test_a_gap_on_every_platform_parts_two_units() -> None:
    units = list(united([stretch(1, 3), stretch(6, 8), stretch(2, 5, platform=ARM)]))
    assert [(unit.start, unit.end) for unit in units] == [(day(1), day(5)), (day(6), day(8))]


def test_a_long_stretch_bridges_the_gaps_of_another_platform() -> None:
    unit = one_of(stretch(2, 3), stretch(4, 5), stretch(6, 7), stretch(1, 8, platform=ARM))
    assert (unit.start, unit.end) == (day(1), day(8))


def test_a_unit_is_open_while_any_platform_is() -> None:
    unit = one_of(stretch(1), stretch(2, 5, platform=ARM), stretch(9, 10, platform=ARM))
    assert (unit.start, unit.end, unit.cause) == (day(1), None, None)


def test_the_cause_is_that_of_the_platform_that_ended_last() -> None:
    unit = one_of(stretch(1, 9, cause="remediated"), stretch(1, 5, cause="retired", platform=ARM))
    assert unit.cause == "remediated"


@pytest.mark.parametrize(
    ("causes", "cause"),
    [
        (("remediated", "platform_gone"), "platform_gone"),
        (("platform_gone", "remediated"), "platform_gone"),
        (("remediated", "remediated"), "remediated"),
    ],
)
def test_of_platforms_that_end_at_once_only_common_success_is_success(
    causes: tuple[Cause, Cause], cause: Cause
) -> None:
    unit = one_of(stretch(1, 9, cause=causes[0]), stretch(1, 9, cause=causes[1], platform=ARM))
    assert unit.cause == cause


def test_a_unit_is_detected_when_the_first_of_it_is_and_as_severe_as_the_worst() -> None:
    unit = one_of(
        stretch(1, 9, detected=4, severity="LOW"),
        stretch(2, 5, detected=3, severity="CRITICAL", platform=ARM),
    )
    assert (unit.detected, unit.severity) == (day(3), "CRITICAL")


def test_a_unit_is_backfilled_unless_somebody_watched_it_begin() -> None:
    late = stretch(1, 5, backfilled=True)
    assert one_of(late, stretch(2, 6, platform=ARM)).backfilled
    assert not one_of(late, stretch(1, 6, platform=ARM)).backfilled


def test_streams_and_vulnerabilities_are_not_mixed() -> None:
    apart = [stretch(1, 5), stretch(1, 5, vulnerability="CVE-2"), stretch(1, 5, stream="x/y:z")]
    assert list(united(apart)) == apart


def test_a_stream_that_turns_up_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="x/y:z do not stand together"):
        list(united([stretch(1, stream="x/y:z"), stretch(1), stretch(2, stream="x/y:z")]))


def test_stretches_are_read_one_stream_at_a_time() -> None:
    read = []

    def ledger() -> object:
        for number in range(3):
            read.append(number)
            yield stretch(1, stream=f"x/y:{number}")

    units = united(ledger())  # type: ignore[arg-type]
    next(units)
    assert read == [0, 1]
