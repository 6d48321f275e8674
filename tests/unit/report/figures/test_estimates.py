"""When an estimate is refused: the reason stands in the report, and never a number."""

from __future__ import annotations

import pytest

from watcher.domain.survival.cohort import Cohort
from watcher.domain.survival.kaplan_meier import kaplan_meier
from watcher.report.figures.curve import points
from watcher.report.figures.estimates import Figure, Judged

Subject = tuple[float, float, int]


def judged(*subjects: Subject) -> Judged:
    entries, exits, outcomes = zip(*subjects, strict=True)
    cohort = Cohort.of(entries, exits, outcomes)
    return Judged(cohort, kaplan_meier(cohort, 1))


def ending(*days: float) -> list[Subject]:
    return [(0.0, day, 1) for day in days]


def lasting(count: int, until: float = 100.0) -> list[Subject]:
    return [(0.0, until, 0)] * count


def test_ten_events_are_enough_and_nine_are_not() -> None:
    enough = judged(*ending(*range(1, 11)), *lasting(10))
    told = enough.survival(7)
    assert told == Figure(told.value, 20, 10)
    assert told.value == pytest.approx(13 / 20)
    short = judged(*ending(*range(1, 10)), *lasting(10))
    assert short.survival(7) == Figure(None, 19, 9, "not estimable: 9 of at least 10 events")
    assert short.median().reason == short.restricted_mean(90).reason == short.survival(7).reason


def test_five_at_risk_at_an_event_are_enough_and_four_are_not() -> None:
    enough = judged(*ending(*range(1, 11), 40), *lasting(4))
    assert enough.survival(90).value == pytest.approx(4 / 15 * (1 - 1 / 5) / (4 / 15) * (5 / 15))
    thin = judged(*ending(*range(1, 11), 40), *lasting(3))
    assert thin.survival(30).value == pytest.approx(4 / 14)
    assert thin.survival(90).reason == "not estimable: 4 at risk on day 40.0, of at least 5"
    assert thin.restricted_mean(90).reason == thin.survival(90).reason


def test_an_early_collapse_of_the_risk_set_refuses_all_that_comes_after() -> None:
    late = [(5.0, float(day), 1) for day in range(6, 40)]
    collapsed = judged((0.0, 1.0, 1), *late)
    assert collapsed.curve.at(7) == 0
    assert collapsed.survival(7).reason == "not estimable: 1 at risk on day 1.0, of at least 5"
    assert collapsed.median().value is None


def test_nothing_is_said_of_days_on_which_nothing_was_watched() -> None:
    young = judged(*ending(*range(1, 11)), *lasting(10, until=20.0))
    assert young.survival(7).value is not None
    reason = "not estimable: nothing was under observation on day 30"
    assert young.survival(30).reason == reason
    old = judged(*((40.0, 41.0 + day, 1) for day in range(20)), *[(40.0, 100.0, 0)] * 5)
    assert old.survival(30).reason == reason
    assert old.survival(90).value is not None


def test_where_all_have_ended_the_share_stays_nothing() -> None:
    assert judged(*ending(*[3.0] * 12)).survival(30) == Figure(0, 12, 12)
    assert judged(*ending(*[3.0] * 12)).restricted_mean(90).value == 3


def test_a_median_that_is_not_reached_says_until_when_was_looked() -> None:
    slow = judged(*ending(*range(1, 11)), *lasting(20, until=63.0))
    assert slow.median().reason == (
        "not estimable: more than half were still open on day 63.0, the last observed"
    )


def test_a_median_needs_enough_at_risk_only_up_to_itself() -> None:
    dwindling = judged(*ending(*range(1, 13)))
    assert dwindling.median() == Figure(6, 12, 12)
    assert dwindling.survival(90).value is None


def test_a_figure_is_written_with_all_that_it_rests_on() -> None:
    assert Figure(None, 3, 2, "why").written() == {
        "value": None,
        "ci": None,
        "n": 3,
        "events": 2,
        "reason": "why",
        "clock": "known",
    }


def test_the_drawn_curve_has_a_point_a_day_with_its_band_and_stops_where_it_thins() -> None:
    drawn = points(judged(*ending(*range(1, 11), 40), *lasting(3)))
    assert [point["day"] for point in drawn] == list(range(40))
    assert drawn[0] == {"day": 0, "survival": 1, "low": 1, "high": 1, "at_risk": 0}
    tenth = drawn[10]
    assert (tenth["survival"], tenth["at_risk"]) == (pytest.approx(4 / 14), 5)
    assert 0 < float(str(tenth["low"])) < 4 / 14 < float(str(tenth["high"])) < 1


def test_the_drawn_curve_stops_when_the_last_has_left_unless_all_have_ended() -> None:
    assert len(points(judged(*ending(*range(1, 11)), *lasting(10, until=20.0)))) == 21
    ended = points(judged(*ending(*[3.0] * 12)))
    assert len(ended) == 91
    assert (ended[-1]["survival"], ended[-1]["low"], ended[-1]["high"]) == (0, None, None)


def test_too_few_events_draw_no_curve() -> None:
    assert points(judged(*ending(1, 2, 3), *lasting(10))) == []
