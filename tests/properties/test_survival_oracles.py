"""Survival estimates against lifelines, statsmodels, and plain counting in fractions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from watcher.domain.survival.aalen_johansen import aalen_johansen
from watcher.domain.survival.cohort import Cohort
from watcher.domain.survival.kaplan_meier import Curve, kaplan_meier

COHORTS = 500

pytestmark = [
    pytest.mark.slow,
    # The oracles warn about their own libraries, and of data that are strange on purpose.
    pytest.mark.filterwarnings("ignore"),
]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A cohort at random."""

    entries: list[float]
    exits: list[float]
    causes: list[int]

    @property
    def cohort(self) -> Cohort:
        return Cohort.of(self.entries, self.exits, self.causes)

    @property
    def ended(self) -> list[int]:
        return [int(cause > 0) for cause in self.causes]

    @property
    def days(self) -> list[float]:
        """Times to ask at: at events, between them, before all and behind all."""
        edges = sorted({0.0, *self.entries, *self.exits})
        return [*edges, *((one + other) / 2 for one, other in pairwise(edges)), edges[-1] + 1]


def close(expected: Sequence[float]) -> object:
    return pytest.approx(list(expected), rel=0, abs=1e-9)


def draw(seed: int, *, delayed: bool = True, ties: bool = True, watched: bool = False) -> Drawn:
    """Draw a cohort, with ties as days are whole or quarters; some are small, some thin.

    Where it is `watched`, somebody is at risk all the time: lifelines refuses a cohort whose risk
    set runs empty early, and has no value before the first entry.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret is drawn
    size = chance.choice([1, 2, 5, 12, 40, 120])
    grain = chance.choice([1, 4]) if ties else 2**30
    longest = chance.choice([3, 30, 200])
    entries: list[float] = []
    exits: list[float] = []
    causes: list[int] = []
    for _ in range(size):
        late = delayed and chance.random() < 0.6
        entry = chance.randint(1, longest * grain) / grain if late else 0.0
        entries.append(entry)
        exits.append(entry + chance.randint(1, longest * grain) / grain)
        causes.append(chance.choice([0, 0, 1, 1, 1, 2, 3]))
    for cause in (1, 2):  # statsmodels wants to see both
        entries.append(0.0)
        exits.append(longest + (0 if ties else cause / 4))
        causes.append(cause)
    if watched:
        entries.append(0.0)
        exits.append(2.0 * longest + 1)
        causes.append(0)
    return Drawn(entries, exits, causes)


def exact_shares(drawn: Drawn) -> dict[float, Fraction]:
    """The curve by plain counting, in fractions."""
    subjects = list(zip(drawn.entries, drawn.exits, drawn.causes, strict=True))
    shares, share = {}, Fraction(1)
    for time in sorted({leave for _, leave, cause in subjects if cause}):
        at_risk = sum(entry < time <= leave for entry, leave, _ in subjects)
        events = sum(leave == time and cause > 0 for _, leave, cause in subjects)
        share *= 1 - Fraction(events, at_risk)
        shares[time] = share
    return shares


def exact_incidence(drawn: Drawn, cause: int) -> dict[float, Fraction]:
    """The share that ended for a cause, by plain counting, in fractions."""
    subjects = list(zip(drawn.entries, drawn.exits, drawn.causes, strict=True))
    found, ended, before = {}, Fraction(0), Fraction(1)
    for time, after in exact_shares(drawn).items():
        at_risk = sum(entry < time <= leave for entry, leave, _ in subjects)
        events = sum(leave == time and its == cause for _, leave, its in subjects)
        ended += before * Fraction(events, at_risk)
        found[time], before = ended, after
    return found


def lifelines_curve(drawn: Drawn) -> KaplanMeierFitter:
    fitter = KaplanMeierFitter()
    return fitter.fit(drawn.exits, drawn.ended, entry=drawn.entries)


@pytest.mark.parametrize("seed", range(COHORTS))
def test_the_curve_is_the_one_of_plain_counting(seed: int) -> None:
    drawn = draw(seed)
    curve, expected = kaplan_meier(drawn.cohort), exact_shares(drawn)
    assert curve.times.tolist() == list(expected)
    assert curve.survival.tolist() == close([float(share) for share in expected.values()])
    half = next((time for time, share in expected.items() if share <= Fraction(1, 2)), None)
    assert curve.median() == half


@pytest.mark.parametrize("seed", range(COHORTS))
def test_the_curve_and_its_restricted_mean_are_those_of_lifelines(seed: int) -> None:
    drawn = draw(seed, watched=True)
    curve, oracle = kaplan_meier(drawn.cohort), lifelines_curve(drawn)
    expected = oracle.survival_function_at_times(drawn.days)
    assert [curve.at(day) for day in drawn.days] == close(expected)
    for horizon in (1.0, drawn.exits[0], 90.0):
        area = restricted_mean_survival_time(oracle, t=horizon)
        assert [curve.restricted_mean(horizon)] == close([float(area)])


@pytest.mark.parametrize("seed", range(COHORTS))
def test_the_band_is_the_one_of_lifelines(seed: int) -> None:
    drawn = draw(seed, watched=True)
    curve, oracle = kaplan_meier(drawn.cohort), lifelines_curve(drawn)
    bands = oracle.confidence_interval_survival_function_
    for day in drawn.days:
        share = curve.at(day)
        if 0 < share < 1:
            low, high = bands[bands.index <= day].iloc[-1]
            assert [*(curve.band(day) or ())] == close([float(low), float(high)])


@pytest.mark.parametrize("seed", range(COHORTS))
def test_curve_and_variance_are_those_of_statsmodels(seed: int) -> None:
    drawn = draw(seed)
    curve = kaplan_meier(drawn.cohort)
    oracle = SurvfuncRight(
        np.array(drawn.exits), np.array(drawn.ended), entry=np.array(drawn.entries)
    )
    assert curve.times.tolist() == oracle.surv_times.tolist()
    assert curve.at_risk.tolist() == oracle.n_risk.tolist()
    assert curve.survival.tolist() == close(oracle.surv_prob)
    for time, error in zip(oracle.surv_times, oracle.surv_prob_se, strict=True):
        if curve.at(time) > 0:
            assert [curve.variance(time)] == close([error**2])


@pytest.mark.parametrize("seed", range(COHORTS))
def test_incidence_is_the_one_of_plain_counting(seed: int) -> None:
    drawn = draw(seed)
    found = aalen_johansen(drawn.cohort)
    assert found.keys() == set(drawn.causes) - {0}
    for cause, incidence in found.items():
        expected = [float(share) for share in exact_incidence(drawn, cause).values()]
        assert incidence.shares.tolist() == close(expected)


@pytest.mark.parametrize("seed", range(COHORTS))
def test_incidence_with_ties_is_the_one_of_statsmodels(seed: int) -> None:
    drawn = draw(seed, delayed=False)
    oracle = CumIncidenceRight(np.array(drawn.exits), np.array(drawn.causes))
    found = aalen_johansen(drawn.cohort)
    for number, shares in enumerate(oracle.cinc, 1):
        if number in found:
            mine = [found[number].at(time) for time in oracle.times]
            assert mine == close(shares)


@pytest.mark.parametrize("seed", range(COHORTS))
def test_incidence_with_delayed_entry_is_the_one_of_lifelines(seed: int) -> None:
    # lifelines moves tied events apart at random, so only cohorts without ties can be compared.
    drawn = draw(seed, ties=False, watched=True)
    found = aalen_johansen(drawn.cohort)
    for cause, incidence in found.items():
        oracle = AalenJohansenFitter(calculate_variance=False)
        oracle.fit(drawn.exits, drawn.causes, event_of_interest=cause, entry=drawn.entries)
        shares = oracle.cumulative_density_.iloc[:, 0]
        expected = [float(shares[shares.index <= day].iloc[-1]) for day in drawn.days]
        assert [incidence.at(day) for day in drawn.days] == close(expected)


def test_the_variance_of_lifelines_restricted_mean_is_not_the_one_of_an_estimate() -> None:
    # It is the spread of the subjects' own restricted times, and does not shrink as they grow more.
    chance = random.Random(7)  # noqa: S311 - no secret is drawn
    times = [chance.expovariate(1 / 20) for _ in range(4000)]
    few, many = (KaplanMeierFitter().fit(times[:size]) for size in (400, 4000))
    spread = [
        restricted_mean_survival_time(one, t=90, return_variance=True)[1] for one in (few, many)
    ]
    assert spread[1] > 0.5 * spread[0]
    means = [
        _curve(times[start : start + 400]).restricted_mean(90) for start in range(0, 4000, 400)
    ]
    assert np.var(means) < spread[0] / 50


def _curve(times: list[float]) -> Curve:
    return kaplan_meier(Cohort.of([0.0] * len(times), times, [1] * len(times)))
