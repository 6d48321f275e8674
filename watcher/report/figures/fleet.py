"""One walk over all stretches: tallies by team and severity for the period and the one before."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate

from watcher.domain.policy import Policy
from watcher.report.figures.clusters import cluster_number
from watcher.report.figures.due import Dues
from watcher.report.figures.lags import Lags
from watcher.report.figures.period import Period
from watcher.report.figures.span import DAY, NEVER, Span, span_of, ticks
from watcher.report.figures.stretch import Stretch
from watcher.report.figures.tally import Tally, merged

URGENT = frozenset({"CRITICAL", "HIGH"})
Group = tuple[str | None, str]  # team and severity


@dataclass(slots=True)
class StreamSum:
    """What one stream adds to the period: observed exposure in ticks, and what is open."""

    team: str | None
    observed: int = 0
    open: int = 0

    def add(self, observed: int, *, is_open: bool) -> None:
        """Count one stretch in."""
        self.observed += observed
        self.open += is_open

    @property
    def days(self) -> float:
        """The observed exposure in days."""
        return self.observed / DAY


@dataclass(slots=True)
class Weekly:
    """How many stretches were open at each of some times, which are ticks, ascending."""

    times: list[int]
    _changes: list[int] = field(default_factory=list)

    def add(self, span: Span) -> None:
        """Count one stretch in."""
        if not self._changes:
            self._changes = [0] * (len(self.times) + 1)
        self._changes[bisect_left(self.times, span.start)] += 1
        self._changes[bisect_left(self.times, span.end)] -= 1

    def values(self) -> list[int]:
        """How many were open, beside `times`."""
        return list(accumulate(self._changes[:-1])) or [0] * len(self.times)


@dataclass(slots=True)
class Fleet:
    """All that a report is drawn from; the groups of `now` and `before` are disjoint."""

    period: Period
    policy: Policy
    now: dict[Group, Tally] = field(default_factory=dict)
    before: dict[Group, Tally] = field(default_factory=dict)
    weekly: dict[str | None, Weekly] = field(default_factory=dict)  # critical and high, by team
    streams: dict[str, StreamSum] = field(default_factory=dict)
    clusters: dict[str, int] = field(default_factory=dict)  # their numbers
    dues: Dues = field(init=False)
    lags: Lags = field(init=False)
    missing: Counter[str] = field(default_factory=Counter)  # what due times hang on, by name
    first_detected: datetime | None = None
    reach: datetime = field(init=False)  # what ended by then is counted nowhere

    def __post_init__(self) -> None:
        self.dues = Dues(ticks(self.period.as_of))
        self.lags = Lags(self.period)
        self.reach = reach_of(self.period)

    def add(self, stretch: Stretch) -> None:
        """Count one stretch in, in whatever order they come."""
        if self.first_detected is None or stretch.detected < self.first_detected:
            self.first_detected = stretch.detected
        if stretch.end is not None and stretch.end <= self.reach:
            return  # it ended before anything that is counted
        cluster = self._cluster(stretch.cluster or stretch.stream)
        span, group = span_of(stretch, cluster), (stretch.team, stretch.severity)
        if group not in self.now:
            self._open_group(group)
        now = self.now[group]
        open_before = now.open
        observed = now.add(span)
        if group in self.before:
            self.before[group].add(span)
        if stretch.severity in URGENT:
            self.weekly[stretch.team].add(span)
        if stretch.stream not in self.streams:
            self.streams[stretch.stream] = StreamSum(stretch.team)
        is_open = now.open > open_before
        self.streams[stretch.stream].add(observed, is_open=is_open)
        self.lags.add(stretch)
        if is_open:
            self._count_due(stretch, span.due)

    def _count_due(self, stretch: Stretch, at: int) -> None:
        if at != NEVER:
            self.dues.add(stretch, at)
        self.missing.update(stretch.due.missing if stretch.due.state == "undetermined" else ())

    def _cluster(self, name: str) -> int:
        number = self.clusters.get(name)
        if number is None:
            number = self.clusters[name] = cluster_number(name)
        return number

    def _open_group(self, group: Group) -> None:
        team, _ = group
        self.now[group] = Tally.over(self.period)
        previous = self.period.previous
        if previous is not None:
            self.before[group] = Tally.over(previous)
        self.weekly.setdefault(team, Weekly([ticks(week) for week in self.period.weeks()]))


def reach_of(period: Period) -> datetime:
    """What ended by then is counted nowhere."""
    earliest = period.previous or period
    return min(earliest.since, period.weeks()[0])


def fleet_of(stretches: Iterable[Stretch], period: Period, policy: Policy) -> Fleet:
    """Walk over stretches whose platforms are united, once, and sum them up."""
    fleet = Fleet(period, policy)
    for one in stretches:
        fleet.add(one)
    return fleet


def of_severities(
    period: Period, groups: Mapping[Group, Tally], severities: Iterable[str]
) -> Tally:
    """What the groups of some severities sum up to."""
    wanted = set(severities)
    return merged(period, (tally for (_, one), tally in groups.items() if one in wanted))


def of_team(period: Period, groups: Mapping[Group, Tally], team: str | None) -> Tally:
    """What the groups of one team sum up to."""
    return merged(period, (tally for (one, _), tally in groups.items() if one == team))
