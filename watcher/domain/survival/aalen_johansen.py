"""Cumulative incidence by Aalen and Johansen: which share has ended for which cause by when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from watcher.domain.survival.cohort import CENSORED, Cohort, Floats
from watcher.domain.survival.kaplan_meier import kaplan_meier


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """A curve that is 0 at time 0 and steps up to `shares` at each of `times`, ascending."""

    times: Floats
    shares: Floats

    def at(self, time: float) -> float:
        """The share that has ended for the cause at `time` or before."""
        step = int(np.searchsorted(self.times, time, side="right")) - 1
        return float(self.shares[step]) if step >= 0 else 0.0


def aalen_johansen(cohort: Cohort) -> dict[int, Incidence]:
    """Estimate each cause's share, by the cause's number; with who lasts, they sum to 1.

    Aalen and Johansen (1978): each event weighs what the curve of all causes was just before it.
    """
    every = kaplan_meier(cohort)
    before = np.concatenate(([1.0], every.survival[:-1]))
    found = {}
    for cause in np.unique(cohort.outcomes[cohort.outcomes != CENSORED]):
        steps = np.searchsorted(every.times, cohort.exits_for(int(cause)))
        events = np.bincount(steps, minlength=every.times.size)
        shares = np.cumsum(before * events / every.at_risk)
        found[int(cause)] = Incidence(every.times, shares)
    return found
