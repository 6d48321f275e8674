"""The Kaplan-Meier curve with delayed entry, its band, its median and its restricted mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from watcher.domain.survival.cohort import Cohort, Counts, Floats

# A product of fractions that is exactly one half may come out a few units in the last place above.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A curve that is 1 at time 0 and steps down to `survival` at each of `times`, ascending.

    `at_risk` and `events` are the counts at those times; `greenwood` is the running sum of
    events / (at risk x (at risk - events)), infinite from where all at risk ended.
    """

    times: Floats
    at_risk: Counts
    events: Counts
    survival: Floats
    greenwood: Floats

    def at(self, time: float) -> float:
        """The share that lasts longer than `time`."""
        step = self._step(time)
        return float(self.survival[step]) if step >= 0 else 1.0

    def variance(self, time: float) -> float | None:
        """Greenwood's variance of the share at `time`; None once nothing is left to vary."""
        step, share = self._step(time), self.at(time)
        if share == 0:
            return None
        return share**2 * float(self.greenwood[step]) if step >= 0 else 0.0

    def band(self, time: float, level: float = 0.95) -> tuple[float, float] | None:
        """The pointwise log-log interval at `time`; None once the share is 0, (1, 1) while it is 1.

        Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, section 1.4.
        """
        step, share = self._step(time), self.at(time)
        if share == 0:
            return None
        if share == 1:
            return 1.0, 1.0
        z = NormalDist().inv_cdf((1 + level) / 2)
        reach = z * math.sqrt(float(self.greenwood[step])) / math.log(share)
        return share ** math.exp(-reach), share ** math.exp(reach)

    def median(self) -> float | None:
        """The first time by which at most half last longer; None where more than half always do."""
        reached = np.flatnonzero(self.survival <= 0.5 + _ROUNDING)
        return float(self.times[reached[0]]) if reached.size else None

    def restricted_mean(self, horizon: float) -> float:
        """The mean time that lies before `horizon`: the area under the curve up to there.

        Behind the last exit the curve goes on as it is.
        """
        inside = self.times < horizon
        edges = np.concatenate(([0.0], self.times[inside], [horizon]))
        heights = np.concatenate(([1.0], self.survival[inside]))
        return float(np.sum(heights * np.diff(edges)))

    def thinnest(self, until: float) -> tuple[float, int] | None:
        """The event time up to `until` with the fewest at risk, and how many; None without any."""
        steps = self._step(until) + 1
        if not steps:
            return None
        thinnest = int(np.argmin(self.at_risk[:steps]))
        return float(self.times[thinnest]), int(self.at_risk[thinnest])

    def _step(self, time: float) -> int:
        return int(np.searchsorted(self.times, time, side="right")) - 1


def kaplan_meier(cohort: Cohort, cause: int | None = None) -> Curve:
    """Estimate how long subjects last until they end for one cause, or for any.

    Who ended for another cause is censored then.
    """
    times, events = np.unique(cohort.exits_for(cause), return_counts=True)
    at_risk = cohort.at_risk(times)
    lasting = at_risk - events
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(events / (at_risk * lasting.astype(np.float64)))
    survival: Floats = np.cumprod(lasting / at_risk, dtype=np.float64)
    return Curve(times, at_risk, events, survival, greenwood)
