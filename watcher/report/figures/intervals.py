"""How sure a group's figures are: intervals at 95 % by the bootstrap over clusters of stretches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np

from watcher.domain.survival.bootstrap import Curves, Draws, Subjects, gathered, interval
from watcher.domain.survival.cohort import Floats
from watcher.report.figures.clusters import ClusterSum
from watcher.report.figures.span import DAY
from watcher.report.figures.tally import REMEDIATED, Tally

Interval = tuple[float, float]


@dataclass(frozen=True)
class Intervals:
    """The intervals of one group in one period; None for what cannot be said.

    The seed is a hash of the time and the cohort, so that the same record gives the same intervals.
    """

    tally: Tally

    def survival(self, day: float) -> Interval | None:
        """Of the share that is open for longer than `day` days."""
        return interval(self._curves.at(day)) if self._curves else None

    def median(self) -> Interval | None:
        """Of the day by which half are remediated."""
        return interval(self._curves.median()) if self._curves else None

    def restricted_mean(self, day: float) -> Interval | None:
        """Of the mean number of days open that lie before `day`."""
        return interval(self._curves.restricted_mean(day)) if self._curves else None

    def mttr_naive(self) -> Interval | None:
        """Of the mean from start to end of what was remediated."""
        return self._ratio("remediation", "remediated", 1 / DAY)

    def open_age(self) -> Interval | None:
        """Of the mean age of what is open."""
        return self._ratio("age", "open", 1 / DAY)

    def exposure_days(self) -> Interval | None:
        """Of the days of exposure that were observed."""
        return self._ratio("observed", None, 1 / DAY)

    def past_due(self) -> Interval | None:
        """Of the share of what is open that is past due."""
        return self._ratio("past_due", "open")

    def _ratio(self, counted: str, among: str | None, unit: float = 1.0) -> Interval | None:
        if self._draws is None:
            return None
        whole = self._sums(among) if among else None
        return interval(self._draws.ratio(self._sums(counted) * unit, whole))

    def _sums(self, name: str) -> Floats:
        """A sum by cluster, those that are drawn together added up."""
        each = np.array([getattr(one, name) for one in self._clusters.values()], dtype=np.float64)
        sums: Floats = np.bincount(self._groups, weights=each).astype(np.float64)
        return sums

    @cached_property
    def _clusters(self) -> Mapping[int, ClusterSum]:
        return dict(sorted(self.tally.clusters.items()))

    @cached_property
    def _groups(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return gathered(len(self._clusters), self._seed)

    @cached_property
    def _draws(self) -> Draws | None:
        return Draws.of(len(np.unique(self._groups)), self._seed)

    @cached_property
    def _curves(self) -> Curves | None:
        if self._draws is None:
            return None
        number = {cluster: place for place, cluster in enumerate(self._clusters)}
        places = np.array([number[one] for one in self.tally.members], dtype=np.int64)
        subjects = Subjects(
            np.array(self.tally.entries, dtype=np.float64),
            np.array(self.tally.exits, dtype=np.float64),
            np.array(self.tally.outcomes, dtype=np.uint8),
            self._groups[places],
        )
        return self._draws.curves(subjects, REMEDIATED)

    @cached_property
    def _seed(self) -> int:
        cohort = self.tally.cohort()
        told = blake2b(str(self.tally.as_of).encode(), digest_size=8)
        for part in (cohort.entries, cohort.exits, cohort.outcomes):
            told.update(part.tobytes())
        return int.from_bytes(told.digest(), "big")
