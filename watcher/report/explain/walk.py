"""Over all stretches once: what each adds to a number, the sums, and those that add most."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from watcher.domain.policy import Policy
from watcher.report.explain.question import Due, Question
from watcher.report.figures.fleet import Fleet, fleet_of
from watcher.report.figures.period import Period
from watcher.report.figures.stretch import Stretch, team_name
from watcher.report.figures.tally import Tally


@dataclass(frozen=True, slots=True)
class Counted:
    """A stretch with what it adds: to the sum, and to what the sum is divided by.

    `tally` are the report's sums over this stretch alone.
    """

    stretch: Stretch
    of: int
    per: int
    tally: Tally | None = None


@dataclass(slots=True)
class Walked:
    """The sums over all stretches, and `most` of those that add most, the largest first."""

    question: Question
    most: int
    of: int = 0
    per: int = 0
    counted: int = 0
    _heap: list[tuple[int, int, int, Counted]] = field(default_factory=list)

    @property
    def value(self) -> float | None:
        """The number as the sums give it; None for an estimate, and for a quotient of nothing."""
        measure = self.question.measure
        if measure.estimate or self.question.interval:
            return None
        if measure.per is None:
            return self.of / measure.unit if measure.unit > 1 else self.of
        return self.of / (self.per * measure.unit) if self.per else None

    @property
    def parts(self) -> list[Counted]:
        """Those that add most."""
        return [one for *_, one in sorted(self._heap, key=lambda held: held[:3], reverse=True)]

    def add(self, one: Counted) -> None:
        """Count one stretch in."""
        self.of += one.of
        self.per += one.per
        self.counted += 1
        # Of those that add the same, the first ones stay.
        held = (one.of, one.per, -self.counted, one)
        if len(self._heap) < self.most:
            heapq.heappush(self._heap, held)
        elif self._heap and held[:3] > self._heap[0][:3]:
            heapq.heapreplace(self._heap, held)


def walk(
    question: Question, stretches: Iterable[Stretch], period: Period, policy: Policy, most: int
) -> Walked:
    """Walk over stretches whose platforms are united; `most` are kept, all are summed."""
    walked = Walked(question, most)
    told: set[str] = set()  # vulnerabilities that were counted, where each counts once
    reach = _reach(question, period)
    for stretch in stretches:
        if not _asked(question, stretch) or (stretch.end and stretch.end <= reach):
            continue
        fleet = fleet_of([stretch], period, policy)
        one = _counted(question, fleet, stretch, told)
        if one.of or one.per:
            walked.add(one)
    return walked


def _reach(question: Question, period: Period) -> datetime:
    """What ended by then is counted nowhere."""
    if question.week is not None:
        return period.weeks()[0]
    earlier = period.previous if question.before else None
    return (earlier or period).since


def _asked(question: Question, stretch: Stretch) -> bool:
    return (
        question.team in {None, team_name(stretch.team)}
        and (question.severities is None or stretch.severity in question.severities)
        and (question.streams is None or stretch.stream in question.streams)
        and question.accepted in {None, stretch.accepted}
        and question.cluster in {None, stretch.cluster}
    )


def _counted(question: Question, fleet: Fleet, stretch: Stretch, told: set[str]) -> Counted:
    """What a stretch adds, given the report's sums over it alone."""
    tally = next(iter((fleet.before if question.before else fleet.now).values()), None)
    if question.week is not None:
        weekly = fleet.weekly.get(stretch.team)
        return Counted(stretch, weekly.values()[question.week] if weekly else 0, 0, tally)
    if question.each is not None:
        return Counted(stretch, question.each(stretch), 0, tally)
    if question.amount is not None:
        return Counted(stretch, question.amount(fleet), 0, tally)
    if question.due is not None:
        return Counted(stretch, _due(question.due, fleet, told), 0, tally)
    if tally is None:
        return Counted(stretch, 0, 0)
    measure = question.measure
    return Counted(stretch, measure.of(tally), measure.per(tally) if measure.per else 0, tally)


def _due(due: Due, fleet: Fleet, told: set[str]) -> int:
    for row in fleet.dues.written():
        name = str(row["vulnerability"])
        if row["overdue"] is not due.overdue or due.vulnerability not in {None, name}:
            continue
        if due.vulnerability is None and name in told:
            continue
        told.add(name)
        return 1
    return 0
