"""The clustered bootstrap: how far a figure would move, had other clusters been watched.

One bump closes fifty stretches at once, so stretches are not independent; what may be taken as such
are the clusters they fall into. Clusters are drawn with replacement, all stretches of one together,
and the interval is that of the percentiles (Davison and Hinkley, Bootstrap Methods and their
Application, section 5.3.1; clusters: section 3.8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from watcher.domain.survival.cohort import CENSORED, Floats

Indices = npt.NDArray[np.int64]

FEWEST_CLUSTERS = 10
MOST_CLUSTERS = 400  # more are put together at random: that changes no variance on average
REPLICATES = 400
# Times are taken to the hour, and those behind so many days to the day.
_HOUR, _HOURS_UNTIL = 1 / 24, 90.0
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """How often each cluster was drawn, a row for each replicate."""

    times: Floats

    @classmethod
    def of(cls, clusters: int, seed: int, replicates: int = REPLICATES) -> Draws | None:
        """Draw; None where there are fewer than ten clusters, of which nothing can be said."""
        if clusters < FEWEST_CLUSTERS:
            return None
        even = np.full(clusters, 1 / clusters)
        chance = np.random.default_rng(seed)
        return cls(chance.multinomial(clusters, even, size=replicates).astype(np.float64))

    def ratio(self, counted: Floats, among: Floats | None = None) -> Floats:
        """In each replicate the sum over clusters, or its share of another sum."""
        sums: Floats = self.times @ counted
        if among is None:
            return sums
        whole = self.times @ among
        with np.errstate(divide="ignore", invalid="ignore"):
            shares: Floats = np.where(whole > 0, sums / whole, np.nan)
        return shares

    def curves(self, subjects: Subjects, cause: int) -> Curves:
        """In each replicate the Kaplan-Meier curve of one cause; every other end is censored."""
        steps, events, at_risk = subjects.by_cluster(self.times.shape[1], cause)
        risk = self.times @ at_risk
        with np.errstate(divide="ignore", invalid="ignore"):
            falls = np.where(risk > 0, (self.times @ events) / risk, 0.0)
        survival: Floats = np.cumprod(1.0 - falls, axis=1, dtype=np.float64)
        return Curves(steps, survival)


@dataclass(frozen=True, slots=True, eq=False)
class Subjects:
    """Subjects in any order: at risk over (entry, exit] in days, why they left, their cluster."""

    entries: Floats
    exits: Floats
    outcomes: npt.NDArray[np.uint8]
    clusters: Indices

    def by_cluster(self, clusters: int, cause: int) -> tuple[Floats, Floats, Floats]:
        """The times of events, and by cluster how many happened and were at risk at each."""
        enter, leave = _slots(self.entries), _slots(self.exits)
        happened = (self.outcomes == cause) & (self.outcomes != CENSORED) & (enter < leave)
        slots = int(leave.max(initial=0)) + 1
        events = _counted(clusters, slots, self.clusters[happened], leave[happened])
        steps = np.flatnonzero(events.any(axis=0))
        # At risk at a step: who entered before it, without those who left before it.
        entered = _counted(clusters, slots, self.clusters, np.minimum(enter, slots - 1))
        entered -= _counted(clusters, slots, self.clusters, leave)
        at_risk = np.cumsum(entered, axis=1) - entered
        return _times(steps), events[:, steps], at_risk[:, steps]


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """A curve for each replicate, all of them with steps at the same times."""

    steps: Floats
    survival: Floats

    def at(self, time: float) -> Floats:
        """The share that lasts longer than `time`."""
        step = int(np.searchsorted(self.steps, time + _ROUNDING, side="right")) - 1
        here: Floats = self.survival[:, step] if step >= 0 else np.ones(len(self.survival))
        return here

    def median(self) -> Floats:
        """The first time by which at most half last longer; infinite where more than half do."""
        reached = self.survival <= 0.5 + _ROUNDING
        never = np.full((len(reached), 1), fill_value=True)
        first = np.argmax(np.hstack((reached, never)), axis=1)
        found: Floats = np.append(self.steps, np.inf)[first]
        return found

    def restricted_mean(self, horizon: float) -> Floats:
        """The area under the curve up to `horizon`."""
        inside = self.steps < horizon
        edges = np.concatenate(([0.0], self.steps[inside], [horizon]))
        heights = np.hstack((np.ones((len(self.survival), 1)), self.survival[:, inside]))
        area: Floats = heights @ np.diff(edges)
        return area


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Clusters as they are drawn: `groups` says which of at most 400 each one belongs to.

    `draws` is None where there are too few; then nothing can be said of any figure.
    """

    groups: Indices
    draws: Draws | None

    @classmethod
    def of(cls, count: int, seed: int) -> Clusters:
        """Draw from so many clusters, numbered from 0."""
        groups = gathered(count, seed)
        return cls(groups, Draws.of(int(np.unique(groups).size), seed))

    def ratio(
        self, counted: Sequence[float], among: Sequence[float] | None = None
    ) -> Floats | None:
        """In each replicate a sum over clusters, or its share of another sum."""
        if self.draws is None:
            return None
        whole = None if among is None else self._sums(among)
        return self.draws.ratio(self._sums(counted), whole)

    def curves(
        self,
        times: tuple[Sequence[float], Sequence[float]],
        outcomes: Sequence[int],
        members: Sequence[int] | Indices,
        cause: int,
    ) -> Curves | None:
        """In each replicate the curve of subjects: their entries and exits, ends and clusters."""
        if self.draws is None:
            return None
        entries, exits = (np.asarray(one, dtype=np.float64) for one in times)
        of = self.groups[np.asarray(members, dtype=np.int64)]
        subjects = Subjects(entries, exits, np.asarray(outcomes, dtype=np.uint8), of)
        return self.draws.curves(subjects, cause)

    def _sums(self, each: Sequence[float]) -> Floats:
        weights = np.asarray(each, dtype=np.float64)
        return np.bincount(self.groups, weights=weights).astype(np.float64)


def interval(replicates: Floats | None, level: float = 0.95) -> tuple[float, float] | None:
    """The percentile interval; None where it has no end, or a replicate has no such figure."""
    if replicates is None or np.isnan(replicates).any():
        return None
    tail = (1 - level) / 2
    low, high = np.quantile(replicates, [tail, 1 - tail], method="inverted_cdf")
    return (float(low), float(high)) if np.isfinite(high) else None


def gathered(clusters: int, seed: int) -> Indices:
    """Which of at most 400 clusters each one belongs to."""
    every = np.arange(clusters, dtype=np.int64)
    if clusters <= MOST_CLUSTERS:
        return every
    mixed: Indices = np.random.default_rng(seed).permutation(every) % MOST_CLUSTERS
    return mixed


def placed(order: Sequence[int], members: Sequence[int]) -> Indices:
    """The place of each member in the ascending order of all numbers."""
    found: Indices = np.searchsorted(
        np.asarray(order, dtype=np.int64), np.asarray(members, dtype=np.int64)
    )
    return found


def _slots(days: Floats) -> Indices:
    """Times up to the hour, or the day, by number: an interval need not know them better."""
    hours = np.ceil(days / _HOUR - _ROUNDING)
    later = np.ceil(days - _ROUNDING) - _HOURS_UNTIL + _HOURS_UNTIL / _HOUR
    slots: Indices = np.where(days <= _HOURS_UNTIL, hours, later).astype(np.int64)
    return slots


def _times(slots: Indices) -> Floats:
    """The times of such numbers."""
    until = round(_HOURS_UNTIL / _HOUR)
    times: Floats = np.where(slots <= until, slots * _HOUR, slots - until + _HOURS_UNTIL)
    return times


def _counted(clusters: int, slots: int, of: Indices, at: Indices) -> Floats:
    """A row for each cluster, a column for each slot: how many fall to it."""
    counts = np.bincount(of * slots + at, minlength=clusters * slots).astype(np.float64)
    return counts.reshape(clusters, slots)
