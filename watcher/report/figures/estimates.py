"""Estimates, and the judgement whether they can be shown: the estimators never refuse."""

from __future__ import annotations

from dataclasses import dataclass, replace

from watcher.domain.survival.cohort import Cohort
from watcher.domain.survival.kaplan_meier import Curve

FEWEST_EVENTS = 10
FEWEST_AT_RISK = 5

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as the report gives it: a value, or None with the reason why there is none.

    `n` counts the stretches that it rests on, `events` those among them that are what it counts.
    `ci` is its interval at 95 %, None where there is none. `clock` is what it counts from.
    """

    value: float | None
    n: int
    events: int = 0
    reason: str | None = None
    ci: tuple[float, float] | None = None
    clock: str = "known"

    def within(self, ci: tuple[float, float] | None) -> Figure:
        """The figure with an interval, unless there is no figure."""
        return self if self.value is None else replace(self, ci=ci)

    def written(self) -> Document:
        """The figure in the report's JSON, with the clock it counts on."""
        return {
            "value": self.value,
            "ci": None if self.ci is None else list(self.ci),
            "n": self.n,
            "events": self.events,
            "reason": self.reason,
            "clock": self.clock,
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """A cohort's curve of the events that count, and what can be said of it."""

    cohort: Cohort
    curve: Curve

    @property
    def events(self) -> int:
        """How many events the curve rests on."""
        return int(self.curve.events.sum())

    def survival(self, day: float) -> Figure:
        """The share that is open for longer than `day` days."""
        return self.read(day, self.curve.at(day))

    def restricted_mean(self, day: float) -> Figure:
        """The mean number of days open that lie before `day`."""
        return self.read(day, self.curve.restricted_mean(day))

    def median(self) -> Figure:
        """The day by which half are remediated."""
        median = self.curve.median()
        if median is not None or self.events < FEWEST_EVENTS:
            return self.read(median or 0.0, median)
        last = self.cohort.last_exit
        return self._refused(f"more than half were still open on day {last:.1f}, the last observed")

    def read(self, day: float, value: float | None) -> Figure:
        """A value that rests on the curve up to `day`, unless nothing can be said of it."""
        doubt = self.doubt(day)
        return self._refused(doubt) if doubt else Figure(value, self.cohort.size, self.events)

    def doubt(self, day: float) -> str | None:
        """Why nothing can be said of the curve up to `day`; None where something can."""
        if self.curve.at(day) > 0 and not self.cohort.at_risk_at(day):
            return self.thin(day) or f"nothing was under observation on day {day:g}"
        return self.thin(day)

    def thin(self, day: float) -> str | None:
        """Why the curve up to `day` rests on too little; None where it does not."""
        if self.events < FEWEST_EVENTS:
            return f"{self.events} of at least {FEWEST_EVENTS} events"
        thinnest = self.curve.thinnest(day)
        if thinnest is None or thinnest[1] >= FEWEST_AT_RISK:
            return None
        at, risk = thinnest
        return f"{risk} at risk on day {at:.1f}, of at least {FEWEST_AT_RISK}"

    def _refused(self, doubt: str) -> Figure:
        return Figure(None, self.cohort.size, self.events, f"not estimable: {doubt}")
