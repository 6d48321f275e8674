"""Survival estimates on cases small enough to work out by hand, in fractions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import pytest

from watcher.domain.survival.aalen_johansen import aalen_johansen
from watcher.domain.survival.cohort import Cohort
from watcher.domain.survival.kaplan_meier import Curve, kaplan_meier

Subject = tuple[float, float, int]  # entry, exit, cause

# The remission times of the 6-MP group of Freireich et al. (1963), in weeks, as every textbook has
# them: Kaplan-Meier 0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448; median 23.
FREIREICH: list[Subject] = [
    *[(0, week, 1) for week in (6, 6, 6, 7, 10, 13, 16, 22, 23)],
    *[(0, week, 0) for week in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)],
]


def cohort(subjects: Sequence[Subject]) -> Cohort:
    entries, exits, outcomes = zip(*subjects, strict=True) if subjects else ((), (), ())
    return Cohort.of(entries, exits, outcomes)


def curve(subjects: Sequence[Subject], cause: int | None = None) -> Curve:
    return kaplan_meier(cohort(subjects), cause)


def exactly(*fractions: Fraction) -> object:
    return pytest.approx([float(one) for one in fractions], rel=1e-14, abs=0)


def test_a_curve_steps_down_by_the_share_of_those_at_risk_that_end() -> None:
    drawn = curve([(0, 1, 1), (0, 2, 1), (0, 2, 1), (0, 4, 1)])
    assert drawn.times.tolist() == [1, 2, 4]
    assert drawn.at_risk.tolist() == [4, 3, 1]
    assert drawn.survival.tolist() == exactly(Fraction(3, 4), Fraction(1, 4), Fraction(0))


def test_the_textbook_case_comes_out_as_in_the_textbook() -> None:
    drawn = curve(FREIREICH)
    expected = (0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448)
    assert [round(float(share), 3) for share in drawn.survival] == list(expected)
    assert drawn.median() == 23


def test_a_share_holds_from_its_event_on_and_is_one_before_the_first() -> None:
    drawn = curve([(0, 2, 1), (0, 5, 1)])
    assert [drawn.at(time) for time in (0, 1.999, 2, 4.999, 5, 99)] == [1, 1, 0.5, 0.5, 0, 0]


def test_who_is_censored_at_the_moment_of_an_event_was_at_risk_of_it() -> None:
    drawn = curve([(0, 3, 1), (0, 3, 0)])
    assert drawn.at_risk.tolist() == [2]
    assert drawn.at(3) == 0.5


def test_who_enters_at_the_moment_of_an_event_did_not_escape_it() -> None:
    drawn = curve([(0, 3, 1), (0, 4, 1), (3, 5, 1)])
    assert drawn.at_risk.tolist() == [2, 2, 1]
    assert drawn.survival.tolist() == exactly(Fraction(1, 2), Fraction(1, 4), Fraction(0))


def test_who_leaves_on_entering_was_never_at_risk() -> None:
    assert cohort([(3, 3, 1), (4, 2, 1), (0, 5, 0)]).size == 1


def test_delayed_entry_counts_nobody_before_they_are_seen() -> None:
    late = [(10, 12, 1), (10, 20, 0), (10, 20, 0), (10, 20, 0)]
    early: list[Subject] = [(0, 4, 1), (0, 8, 1)]
    assert curve([*early, *late]).survival.tolist() == exactly(
        Fraction(1, 2), Fraction(0), Fraction(0)
    )
    assert curve(late).survival.tolist() == exactly(Fraction(3, 4))


def test_other_causes_are_censored() -> None:
    drawn = curve([(0, 1, 2), (0, 2, 1), (0, 3, 0)], cause=1)
    assert drawn.times.tolist() == [2]
    assert drawn.at(2) == 0.5


@pytest.mark.parametrize(
    ("subjects", "median"),
    [
        ([(0, 1, 1), (0, 2, 1), (0, 3, 1)], 2),
        ([(0, 1, 1), (0, 2, 1)], 1),
        ([(0, 1, 1), (0, 2, 0), (0, 3, 0)], None),
        ([], None),
    ],
)
def test_the_median_is_where_half_or_fewer_last_longer(
    subjects: list[Subject], median: float | None
) -> None:
    assert curve(subjects).median() == median


@pytest.mark.parametrize("size", range(2, 120, 2))
def test_the_median_of_an_even_number_is_not_lost_to_rounding(size: int) -> None:
    # The product (1 - 1/n)(1 - 1/(n-1))… is one half exactly, but not in floating point.
    assert curve([(0, time, 1) for time in range(1, size + 1)]).median() == size // 2


def test_the_restricted_mean_is_the_area_under_the_curve_up_to_the_horizon() -> None:
    drawn = curve([(0, 2, 1), (0, 5, 1), (0, 9, 0)])
    area = 2 + 3 * Fraction(2, 3) + 1 * Fraction(1, 3)
    assert drawn.restricted_mean(6) == pytest.approx(float(area), rel=1e-14)
    assert drawn.restricted_mean(1) == 1
    assert drawn.restricted_mean(0) == 0


def test_the_restricted_mean_of_complete_observations_is_their_mean() -> None:
    drawn = curve([(0, 1, 1), (0, 2, 1), (0, 6, 1)])
    assert drawn.restricted_mean(100) == pytest.approx(3, rel=1e-14)


def test_without_censoring_greenwoods_variance_is_the_binomial_one() -> None:
    drawn = curve([(0, time, 1) for time in range(1, 11)])
    for time in range(1, 10):
        share = Fraction(10 - time, 10)
        assert drawn.variance(time) == pytest.approx(float(share * (1 - share) / 10), rel=1e-12)
    assert drawn.variance(0.5) == 0
    assert drawn.variance(10) is None


def test_the_band_is_symmetric_on_the_log_log_scale_and_ends_with_the_curve() -> None:
    drawn = curve([(0, 1, 1), (0, 2, 1), (0, 3, 1), (0, 4, 1)])
    low, high = drawn.band(2) or (0, 0)
    middle, deviation = math.log(-math.log(0.5)), math.sqrt(1 / 12 + 1 / 6) / math.log(2)
    assert [math.log(-math.log(bound)) for bound in (high, low)] == pytest.approx(
        [middle - 1.959963984540054 * deviation, middle + 1.959963984540054 * deviation]
    )
    assert drawn.band(0.5) == (1, 1)
    assert drawn.band(4) is None


def test_a_wider_level_gives_a_wider_band() -> None:
    drawn = curve(FREIREICH)
    (low, high), (lower, higher) = drawn.band(10) or (0, 0), drawn.band(10, 0.99) or (0, 0)
    assert lower < low < drawn.at(10) < high < higher


def test_a_collapse_of_the_risk_set_ends_the_curve_for_good_and_is_told() -> None:
    # One subject is seen early, alone, and ends: what comes later cannot mend the curve.
    drawn = curve([(0, 1, 1), *[(5.0, time, 1) for time in range(6, 26)]])
    assert drawn.at(1) == drawn.at(25) == 0
    assert drawn.thinnest(30) == (1, 1)
    assert drawn.thinnest(0.5) is None


def test_the_thinnest_event_is_the_first_of_the_fewest_up_to_a_time() -> None:
    drawn = curve([(0, 1, 1), (0, 2, 1), (0, 3, 1)])
    assert drawn.thinnest(2) == (2, 2)
    assert drawn.thinnest(9) == (3, 1)


def test_causes_and_those_who_last_sum_to_one() -> None:
    subjects = [(0, 1, 1), (0, 2, 2), (0, 2, 1), (0, 3, 0), (1, 4, 2), (2, 6, 0)]
    everyone = cohort(subjects)
    causes = aalen_johansen(everyone)
    last = kaplan_meier(everyone)
    for time in (0.5, 1, 2, 3.5, 4, 9):
        ended = sum(incidence.at(time) for incidence in causes.values())
        assert ended + last.at(time) == pytest.approx(1, abs=1e-14)


def test_incidence_weighs_each_event_by_what_was_left_before_it() -> None:
    causes = aalen_johansen(cohort([(0, 1, 1), (0, 2, 2), (0, 2, 1), (0, 3, 2)]))
    assert causes.keys() == {1, 2}
    assert causes[1].shares.tolist() == exactly(Fraction(1, 4), Fraction(1, 2), Fraction(1, 2))
    assert causes[2].shares.tolist() == exactly(Fraction(0), Fraction(1, 4), Fraction(1, 2))
    assert [causes[2].at(time) for time in (0, 1.9, 2, 3)] == [0, 0, 0.25, 0.5]


def test_competing_causes_are_not_what_a_curve_of_one_of_them_says() -> None:
    # One minus Kaplan-Meier would claim that 2/3 end for cause 1; a half is all that do.
    subjects = [(0, 1, 2), (0, 2, 1), (0, 3, 2), (0, 4, 1)]
    assert 1 - curve(subjects, cause=1).at(9) == 1
    assert aalen_johansen(cohort(subjects))[1].at(9) == pytest.approx(0.5, rel=1e-14)


def test_nobody_at_all_is_a_curve_that_never_falls() -> None:
    drawn = curve([])
    assert (drawn.at(5), drawn.restricted_mean(90), drawn.thinnest(9)) == (1, 90, None)
    assert (drawn.variance(5), drawn.band(5)) == (0, (1, 1))
    assert aalen_johansen(cohort([])) == {}


def test_the_number_at_risk_can_be_asked_for_any_time() -> None:
    everyone = cohort([(0, 3, 1), (2, 5, 0)])
    assert [everyone.at_risk_at(time) for time in (0, 1, 2, 2.5, 3, 4, 5, 6)] == [
        *(0, 1, 1, 2, 2, 1, 1, 0)
    ]
    assert everyone.last_exit == 5
    assert [everyone.events(), everyone.events(1), everyone.events(2)] == [1, 1, 0]


def test_subjects_without_a_time_or_an_outcome_are_refused() -> None:
    with pytest.raises(ValueError, match="no number"):
        Cohort.of([math.nan], [1.0], [1])
    with pytest.raises(ValueError, match="an entry, an exit and an outcome"):
        Cohort.of([0.0], [1.0, 2.0], [1])
