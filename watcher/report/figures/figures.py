"""The figures of one group in one period, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from watcher.domain.policy import Policy
from watcher.domain.survival.aalen_johansen import aalen_johansen
from watcher.domain.survival.kaplan_meier import kaplan_meier
from watcher.report.figures.estimates import Document, Figure, Judged
from watcher.report.figures.intervals import Intervals
from watcher.report.figures.span import CAUSES, DAY
from watcher.report.figures.tally import REMEDIATED, Tally

RESTRICTED_TO = 90  # days


@dataclass(frozen=True, slots=True)
class Group:
    """A tally with the cohort and the curve that are drawn from it once."""

    tally: Tally
    policy: Policy
    judged: Judged

    @classmethod
    def of(cls, tally: Tally, policy: Policy) -> Group:
        """Draw the curve of what was remediated; every other end is censored."""
        cohort = tally.cohort()
        return cls(tally, policy, Judged(cohort, kaplan_meier(cohort, REMEDIATED)))

    def figures(self) -> Document:
        """All figures of the group; survival is given at the days that the policy names."""
        judged, sure = self.judged, Intervals(self.tally)
        survival = {
            f"{day:g}": judged.survival(day).within(sure.survival(day)).written()
            for day in self.policy.days
        }
        mean = judged.restricted_mean(RESTRICTED_TO)
        return {
            "mttr_naive_days": _mttr_naive(self.tally).within(sure.mttr_naive()).written(),
            "open_age_mean_days": _open_age(self.tally).within(sure.open_age()).written(),
            "km_median_days": judged.median().within(sure.median()).written(),
            "survival": survival,
            "rmst_90_days": mean.within(sure.restricted_mean(RESTRICTED_TO)).written(),
            "exposure_days": observed(self.tally).within(sure.exposure_days()).written(),
            "exposure_days_backfilled": _unseen(self.tally).written(),
            "actionable_exposure_days": _actionable(self.tally).within(sure.actionable()).written(),
            "detected_to_remediated_days": _response(self.tally).within(sure.response()).written(),
            "past_due_share": _past_due(self.tally, self.policy).within(sure.past_due()).written(),
            "in_time_share": _in_time(self.tally, self.policy).within(sure.in_time()).written(),
        }

    def episodes(self) -> Document:
        """How many stretches are open, opened and closed, and what closed them."""
        closed = self.tally.closed
        causes = {cause: closed[number] for number, cause in enumerate(CAUSES, 1)}
        return {
            "open": self.tally.open,
            "opened": self.tally.opened,
            "closed": closed.total(),
            "by_cause": {cause: count for cause, count in causes.items() if count},
            "backfilled": self.tally.backfilled,
        }

    def incidence(self) -> Document:
        """The share that has ended for each cause by each of the policy's days."""
        every = Judged(self.judged.cohort, kaplan_meier(self.judged.cohort))
        found: Document = {}
        for number, curve in aalen_johansen(every.cohort).items():
            events = every.cohort.events(number)
            shares = {day: every.read(day, curve.at(day)) for day in self.policy.days}
            found[CAUSES[number - 1]] = _written(
                (day, replace(share, events=events)) for day, share in shares.items()
            )
        return found


def _written(shares: Iterable[tuple[float, Figure]]) -> Document:
    return {f"{day:g}": share.written() for day, share in shares}


def _mttr_naive(tally: Tally) -> Figure:
    """The mean over what was remediated: naive, since it is blind to all that is open."""
    count = tally.closed[REMEDIATED]
    if not count:
        return Figure(None, 0, 0, "nothing was remediated in the period")
    return Figure(tally.remediation / (count * DAY), count, count)


def _open_age(tally: Tally) -> Figure:
    if not tally.open:
        return Figure(None, 0, 0, "nothing is open")
    return Figure(tally.age / (tally.open * DAY), tally.open)


def observed(tally: Tally) -> Figure:
    """The days of exposure from detection on, inside the period, over all stretches."""
    count = len(tally.exits)
    if tally.late and not count:
        return Figure(None, 0, 0, "not observed: nothing was detected before the period's end")
    return Figure(tally.observed / DAY, count)


def _unseen(tally: Tally) -> Figure:
    return Figure(tally.unseen / DAY, tally.late)


def _actionable(tally: Tally) -> Figure:
    """The days of exposure in the period while a fix of everything affected was there."""
    return Figure(tally.actionable / DAY, tally.acted, clock="fix_available")


def _response(tally: Tally) -> Figure:
    """The mean from detection to the end over what was remediated: naive like the other one."""
    count = tally.closed[REMEDIATED]
    if not count:
        reason = "nothing was remediated in the period"
        return Figure(None, 0, 0, reason, clock="detected")
    return Figure(tally.response / (count * DAY), count, count, clock="detected")


def _past_due(tally: Tally, policy: Policy) -> Figure:
    if not tally.open:
        return Figure(None, 0, 0, "nothing is open", clock=policy.clock)
    judged, clock = tally.open - tally.undetermined, policy.clock
    if not judged:
        reason = f"undetermined: what the policy {policy.name} asks for was not told"
        return Figure(None, 0, 0, reason, clock=clock)
    if not tally.limited:
        reason = f"no due day: the policy {policy.name} sets no limit for what is open"
        return Figure(None, judged, 0, reason, clock=clock)
    return Figure(tally.past_due / judged, judged, tally.past_due, clock=clock)


def _in_time(tally: Tally, policy: Policy) -> Figure:
    judged, clock = tally.met + tally.missed, policy.clock
    if not judged:
        reason = "nothing was remediated before its due time, and none passed"
        return Figure(None, 0, 0, reason, clock=clock)
    return Figure(tally.met / judged, judged, tally.met, clock=clock)
