"""What one group of stretches sums up to in one period, added one stretch at a time."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from watcher.domain.survival.cohort import CENSORED, Cohort
from watcher.report.figures.clusters import ClusterSum
from watcher.report.figures.period import Period
from watcher.report.figures.span import DAY, NEVER, NUMBERS, Span, ticks

REMEDIATED = NUMBERS["remediated"]
AGES = (7 * DAY, 30 * DAY, 90 * DAY)
AGE_NAMES = ("0-7", "8-30", "31-90", ">90")


def _no_ages() -> list[int]:
    return [0] * len(AGE_NAMES)


@dataclass(slots=True)
class Tally:
    """Counts, and sums in ticks, over the stretches of a group; each stretch is added once.

    `met` are stretches remediated in time, `missed` those whose due time passed, each counted in
    the period in which that happened. `entries`, `exits` (in days of exposure), `outcomes` and
    `members` (their clusters) are the cohort of the survival curve: 25 bytes a stretch. `clusters`
    are the sums of each cluster.
    """

    since: int
    as_of: int
    open: int = 0
    opened: int = 0
    closed: Counter[int] = field(default_factory=Counter)  # by number of the cause
    backfilled: int = 0
    limited: int = 0  # open stretches that the policy sets a limit for
    undetermined: int = 0  # open stretches of which nobody can tell
    met: int = 0
    missed: int = 0
    age: int = 0  # of open stretches
    remediation: int = 0  # from start to end, of stretches that were remediated
    response: int = 0  # the same from detection
    actionable: int = 0  # exposure while there was a fix
    acted: int = 0  # stretches with such exposure
    observed: int = 0
    unseen: int = 0  # exposure before anybody detected it
    late: int = 0  # stretches with such exposure
    ages: list[int] = field(default_factory=_no_ages)  # open stretches
    overdue: list[int] = field(default_factory=_no_ages)
    entries: array[float] = field(default_factory=lambda: array("d"))
    exits: array[float] = field(default_factory=lambda: array("d"))
    outcomes: array[int] = field(default_factory=lambda: array("B"))
    members: array[int] = field(default_factory=lambda: array("q"))
    clusters: dict[int, ClusterSum] = field(default_factory=lambda: defaultdict(ClusterSum))

    @classmethod
    def over(cls, period: Period) -> Tally:
        """An empty tally."""
        return cls(ticks(period.since), ticks(period.as_of))

    @property
    def past_due(self) -> int:
        """How many open stretches are past their due time."""
        return sum(self.overdue)

    def add(self, span: Span) -> int:
        """Count a stretch in; returns the ticks of it that were observed in the period."""
        if span.start > self.as_of or span.end <= self.since:
            return 0
        self.opened += span.start > self.since
        self.backfilled += span.backfilled
        cluster = self.clusters[span.cluster]
        self._count_verdict(span, cluster)
        if span.end > self.as_of:
            self._count_open(span, cluster)
        else:
            self.closed[span.cause] += 1
            if span.cause == REMEDIATED:
                self.remediation += span.end - span.start
                response = max(0, span.end - max(span.seen, span.start))
                self.response += response
                cluster.response += response
                cluster.remediated += 1
                cluster.remediation += span.end - span.start
        self._count_actionable(span, cluster)
        observed = self._observe(span)
        cluster.observed += observed
        return observed

    def _count_open(self, span: Span, cluster: ClusterSum) -> None:
        age = self.as_of - span.start
        bucket = bisect_left(AGES, age)
        self.open += 1
        self.age += age
        self.ages[bucket] += 1
        cluster.open += 1
        cluster.age += age
        if span.limited is None:
            self.undetermined += 1
            return
        self.limited += span.limited
        cluster.judged += 1
        self.overdue[bucket] += span.due < self.as_of
        cluster.past_due += span.due < self.as_of

    def _count_actionable(self, span: Span, cluster: ClusterSum) -> None:
        begin = max(span.start, span.fixed, self.since)
        ticks_of_it = max(0, min(span.end, self.as_of) - begin)
        self.actionable += ticks_of_it
        self.acted += ticks_of_it > 0
        cluster.actionable += ticks_of_it

    def _count_verdict(self, span: Span, cluster: ClusterSum) -> None:
        """A stretch is judged once: when it is remediated in time, or when its due time passes.

        One that goes on past its due time was judged before it came back.
        """
        if span.due == NEVER or span.due < span.start:
            return
        if span.end > span.due:
            missed = self.since <= span.due < self.as_of
            self.missed += missed
            cluster.missed += missed
        elif span.end <= self.as_of and span.cause == REMEDIATED:
            self.met += 1
            cluster.met += 1

    def _observe(self, span: Span) -> int:
        """Split the exposure of the period into what was observed and what came before."""
        start, end, seen = span.start, span.end, span.seen
        begin = max(start, self.since)
        leave = min(end, self.as_of)
        entry = min(max(seen, begin), leave)
        if entry > begin:
            self.unseen += entry - begin
            self.late += 1
        if leave > entry:
            self.observed += leave - entry
            self.entries.append((entry - start) / DAY)
            self.exits.append((leave - start) / DAY)
            self.outcomes.append(span.cause if end <= self.as_of else CENSORED)
            self.members.append(span.cluster)
        return leave - entry

    def cohort(self) -> Cohort:
        """All who were under observation at some time of the period."""
        return Cohort.of(self.entries, self.exits, self.outcomes)

    def absorb(self, other: Tally) -> None:
        """Count in all that another tally of the same period counted."""
        self.open += other.open
        self.opened += other.opened
        self.closed.update(other.closed)
        self.backfilled += other.backfilled
        self.limited += other.limited
        self.undetermined += other.undetermined
        self.met += other.met
        self.missed += other.missed
        self.age += other.age
        self.remediation += other.remediation
        self.response += other.response
        self.actionable += other.actionable
        self.acted += other.acted
        self.observed += other.observed
        self.unseen += other.unseen
        self.late += other.late
        self.ages = [mine + its for mine, its in zip(self.ages, other.ages, strict=True)]
        self.overdue = [mine + its for mine, its in zip(self.overdue, other.overdue, strict=True)]
        self.entries.extend(other.entries)
        self.exits.extend(other.exits)
        self.outcomes.extend(other.outcomes)
        self.members.extend(other.members)
        for number, cluster in other.clusters.items():
            self.clusters[number].absorb(cluster)


def merged(period: Period, tallies: Iterable[Tally]) -> Tally:
    """Add up the tallies of disjoint groups in one period."""
    whole = Tally.over(period)
    for one in tallies:
        whole.absorb(one)
    return whole
