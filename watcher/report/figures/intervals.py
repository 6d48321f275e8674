"""How sure a group's figures are: intervals at 95 % by the bootstrap over clusters of stretches."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from watcher.domain.survival.bootstrap import Clusters, Curves, interval, placed
from watcher.report.figures.clusters import ClusterSum
from watcher.report.figures.span import DAY
from watcher.report.figures.tally import REMEDIATED, Tally

Interval = tuple[float, float]


@dataclass(frozen=True)
class Intervals:
    """The intervals of one group in one period; None for what cannot be said.

    The seed is a hash of the day and of the clusters: the same record gives the same intervals, and
    a minute later they have moved with the figures and not by chance.
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
        days = (one.remediation / DAY for one in self._sums)
        return self._ratio(days, (one.remediated for one in self._sums))

    def open_age(self) -> Interval | None:
        """Of the mean age of what is open."""
        return self._ratio((one.age / DAY for one in self._sums), (one.open for one in self._sums))

    def exposure_days(self) -> Interval | None:
        """Of the days of exposure that were observed."""
        return self._ratio(one.observed / DAY for one in self._sums)

    def response(self) -> Interval | None:
        """Of the mean from detection to remediation."""
        days = (one.response / DAY for one in self._sums)
        return self._ratio(days, (one.remediated for one in self._sums))

    def actionable(self) -> Interval | None:
        """Of the days of exposure while there was a fix."""
        return self._ratio(one.actionable / DAY for one in self._sums)

    def past_due(self) -> Interval | None:
        """Of the share of what is open that is past due."""
        judged = (one.judged for one in self._sums)
        return self._ratio((one.past_due for one in self._sums), judged)

    def in_time(self) -> Interval | None:
        """Of the share that was remediated before its due time."""
        judged = (one.met + one.missed for one in self._sums)
        return self._ratio((one.met for one in self._sums), judged)

    def _ratio(self, counted: Iterable[float], among: Iterable[float] = ()) -> Interval | None:
        whole = list(among)
        return interval(self._drawn.ratio(list(counted), whole or None))

    @cached_property
    def _order(self) -> list[int]:
        return sorted(self.tally.clusters)

    @cached_property
    def _sums(self) -> list[ClusterSum]:
        return [self.tally.clusters[number] for number in self._order]

    @cached_property
    def _drawn(self) -> Clusters:
        return Clusters.of(len(self._order), self._seed)

    @cached_property
    def _curves(self) -> Curves | None:
        members = placed(self._order, self.tally.members)
        times = (self.tally.entries, self.tally.exits)
        return self._drawn.curves(times, self.tally.outcomes, members, REMEDIATED)

    @cached_property
    def _seed(self) -> int:
        told = blake2b(str(self.tally.as_of // DAY).encode(), digest_size=8)
        told.update(array("q", self._order).tobytes())
        return int.from_bytes(told.digest(), "big")
