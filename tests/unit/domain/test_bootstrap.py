"""The clustered bootstrap: equal to drawing stretches by hand, wide where clusters are few."""

from __future__ import annotations

import numpy as np
import pytest

from watcher.domain.survival.bootstrap import (
    MOST_CLUSTERS,
    Draws,
    Subjects,
    gathered,
    interval,
)
from watcher.domain.survival.cohort import Cohort
from watcher.domain.survival.kaplan_meier import kaplan_meier

HOUR = 1 / 24


def subjects(seed: int, count: int = 200, clusters: int = 20) -> Subjects:
    """Subjects whose times are whole hours, so that nothing is rounded."""
    chance = np.random.default_rng(seed)
    hours = chance.integers(0, 200, count)
    entries = (hours * HOUR).astype(np.float64)
    exits = ((hours + chance.integers(1, 400, count)) * HOUR).astype(np.float64)
    outcomes = chance.choice([0, 1, 1, 2], count).astype(np.uint8)
    return Subjects(entries, exits, outcomes, chance.integers(0, clusters, count))


def drawn(told: Subjects, times: np.ndarray) -> Cohort:
    """The subjects of one replicate: each as often as its cluster was drawn."""
    again = np.repeat(np.arange(told.exits.size), times[told.clusters].astype(int))
    return Cohort.of(told.entries[again], told.exits[again], told.outcomes[again])  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(5))
def test_each_replicate_is_the_curve_of_the_stretches_drawn(seed: int) -> None:
    told = subjects(seed)
    draws = Draws.of(20, seed, replicates=7)
    assert draws
    curves = draws.curves(told, cause=1)
    for number, times in enumerate(draws.times):
        exact = kaplan_meier(drawn(told, times), 1)
        for day in (0.0, 1.5, 4.0, 9.0, 20.0):
            assert curves.at(day)[number] == pytest.approx(exact.at(day), abs=1e-12)
        assert curves.restricted_mean(10)[number] == pytest.approx(exact.restricted_mean(10))
        assert curves.median()[number] == pytest.approx(exact.median() or np.inf)


def test_a_sum_and_a_share_count_each_cluster_as_often_as_it_was_drawn() -> None:
    draws = Draws(np.array([[2.0, 0.0, 1.0], [0.0, 3.0, 0.0]]))
    open_, due = np.array([4.0, 1.0, 2.0]), np.array([1.0, 1.0, 0.0])
    assert draws.ratio(open_).tolist() == [10.0, 3.0]
    assert draws.ratio(due, open_).tolist() == [0.2, 1.0]


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    told = subjects(1)
    found = {
        seed: interval(draws.curves(told, 1).at(5.0))
        for seed in (1, 1, 2)
        if (draws := Draws.of(20, seed))
    }
    assert found[1] == interval(Draws.of(20, 1).curves(told, 1).at(5.0))  # type: ignore[union-attr]
    assert found[1] != found[2]


@pytest.mark.parametrize(("endless", "given"), [(0, True), (9, True), (11, False)])
def test_an_interval_has_an_end_where_all_but_one_in_forty_replicates_have_one(
    endless: int, *, given: bool
) -> None:
    replicates = np.arange(400, dtype=np.float64)
    replicates[400 - endless :] = np.inf
    assert interval(replicates) == ((10.0, 389.0) if given else None)


def test_a_replicate_without_the_figure_leaves_no_interval() -> None:
    assert interval(np.append(np.arange(399.0), np.nan)) is None


def test_what_is_closed_together_makes_the_interval_wide() -> None:
    told = subjects(3, count=1000, clusters=500)
    alone = Subjects(told.entries, told.exits, told.outcomes, np.arange(1000) % 500)
    order = np.argsort(told.exits)  # fifty at a time leave together
    ranked = np.empty(1000, dtype=np.int64)
    ranked[order] = np.arange(1000) // 50
    together = Subjects(told.entries, told.exits, told.outcomes, ranked)

    def width(of: Subjects, clusters: int) -> float:
        draws = Draws.of(clusters, 7)
        assert draws
        found = interval(draws.curves(of, 1).at(6.0))
        assert found
        return found[1] - found[0]

    assert width(together, 20) > 2 * width(alone, 500)


def test_of_fewer_than_ten_clusters_nothing_is_said() -> None:
    assert Draws.of(9, 1) is None
    assert Draws.of(10, 1) is not None


def test_an_interval_without_an_end_is_none() -> None:
    assert interval(np.array([1.0, np.inf, 2.0])) is None
    assert interval(np.array([1.0, np.nan, 2.0])) is None
    assert interval(np.full(10, 3.0)) == (3.0, 3.0)


def test_very_many_clusters_are_put_together_evenly() -> None:
    assert gathered(30, 1).tolist() == [*range(30)]
    counts = np.bincount(gathered(10_000, 1))
    assert (counts.size, counts.min(), counts.max()) == (MOST_CLUSTERS, 25, 25)
