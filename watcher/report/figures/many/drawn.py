"""What a report is drawn from, summed up over all stretches at once."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from watcher.domain.exposure import Cause
from watcher.domain.package import SEVERITIES
from watcher.domain.policy import Policy
from watcher.domain.survival.columns import (
    NEVER,
    UNDETERMINED,
    Counted,
    Spans,
    Terms,
    Truth,
    Whole,
    among,
    counted,
    earliest,
    observed_in,
    open_at,
    places,
    united,
    waited,
    whole,
)
from watcher.domain.waterfall import STAGES
from watcher.report.figures.clusters import ClusterSum, cluster_number
from watcher.report.figures.due import Dues
from watcher.report.figures.fleet import URGENT, Fleet, StreamSum, Weekly
from watcher.report.figures.lags import Lags
from watcher.report.figures.many.gathered import Gathered
from watcher.report.figures.many.names import Names
from watcher.report.figures.period import Period
from watcher.report.figures.span import CAUSES, DAY, NUMBERS, ticks, time_of
from watcher.report.figures.stretch import team_name
from watcher.report.figures.tally import AGES, REMEDIATED, Tally

# Of causes that ended a run at once: a success only where nothing else is.
_OTHERS: Final[Sequence[Cause]] = sorted(one for one in CAUSES if one != "remediated")
_IN_ORDER: Final = [*(NUMBERS[one] for one in _OTHERS), REMEDIATED]
_RANKS: Final = len(SEVERITIES)

# The names of packages of some rows of what was gathered.
Packages = Callable[[Whole], Collection[str]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Runs of stretches whose platforms are united, with the rows that they are made of."""

    found: Gathered
    runs: Spans
    run_of: Whole

    @classmethod
    def of(cls, found: Gathered) -> Drawn:
        """Unite platforms."""
        return cls(found, *united(found.spans, _IN_ORDER))

    def fleet(
        self,
        period: Period,
        policy: Policy,
        packages: Packages,
        first_detected: datetime | None,
    ) -> Fleet:
        """Sum up; `packages` names what is affected in some rows."""
        fleet = Fleet(period, policy, first_detected=first_detected)
        rows = self.runs.where(self.runs.end > ticks(fleet.reach))
        names = self.found.names
        groups, group_of = places(rows.team * _RANKS + rows.severity)
        told = _Told(rows, group_of, groups, names)
        fleet.now.update(told.tallies(period))
        if period.previous is not None:
            fleet.before.update(told.tallies(period.previous))
        fleet.weekly.update(told.weekly(period))
        fleet.streams.update(told.streams(period))
        fleet.lags = told.lags(period)
        fleet.missing.update(self._missing(rows, ticks(period.as_of)))
        fleet.dues = self._dues(ticks(period.as_of), packages)
        return fleet

    def lasting(self, flaws: Sequence[str]) -> list[tuple[str, str, int]]:
        """The streams in which some vulnerabilities last, and in how many runs each does."""
        names = self.found.names
        wanted = {place for place, name in enumerate(names.flaws.names) if name in set(flaws)}
        rows = self.runs.where((self.runs.end == NEVER) & among(self.runs.flaw, wanted))
        pairs = Counter(zip(rows.stream.tolist(), rows.flaw.tolist(), strict=True))
        return [
            (names.streams.names[stream], names.flaws.names[flaw], number)
            for (stream, flaw), number in pairs.items()
        ]

    def remediated(
        self, streams: Collection[str], period: Period
    ) -> list[tuple[str, str, datetime]]:
        """What was remediated in some streams in the period, and when."""
        names, runs = self.found.names, self.runs
        wanted = [place for place, name in enumerate(names.streams.names) if name in streams]
        inside = (runs.end > ticks(period.since)) & (runs.end <= ticks(period.as_of))
        rows = runs.where(inside & (runs.cause == REMEDIATED) & among(runs.stream, wanted))
        told = zip(rows.stream.tolist(), rows.flaw.tolist(), rows.end.tolist(), strict=True)
        return [
            (names.streams.names[stream], names.flaws.names[flaw], time_of(end))
            for stream, flaw, end in told
        ]

    def _missing(self, rows: Spans, as_of: int) -> Counter[str]:
        """What due times of open stretches hang on."""
        hanging = (rows.start <= as_of) & (rows.end > as_of) & (rows.state == UNDETERMINED)
        numbers, which = places(rows.missing[hanging])
        counts = Counter(which.tolist())
        found: Counter[str] = Counter()
        for place, number in enumerate(numbers):
            found.update(dict.fromkeys(self.found.missing[number], counts[place]))
        return found

    def _dues(self, as_of: int, packages: Packages) -> Dues:
        """What comes due by vulnerability; names and teams only of what is listed."""
        runs, names = self.runs, self.found.names
        due = (runs.start <= as_of) & (runs.end > as_of) & (runs.due != NEVER)
        keys = runs.flaw * 2 + (runs.due < as_of)
        distinct, which = places(keys[due])
        found = Dues(as_of)
        first = earliest(runs.due[due], which, len(distinct))
        worst = earliest(runs.severity[due], which, len(distinct))
        windows = Counter(which.tolist())
        for place, key in enumerate(distinct):
            flaw, overdue = divmod(key, 2)
            found.sum_up(
                names.flaws.names[flaw],
                overdue=bool(overdue),
                at=first[place],
                severity=SEVERITIES[worst[place]],
                windows=windows[place],
            )
        flaws = {name: place for place, name in enumerate(names.flaws.names)}
        for overdue, name in found.listed():
            these: Truth = due & (keys == flaws[name] * 2 + overdue)
            teams = Counter(runs.team[these].tolist())
            found.tell(
                name,
                overdue=overdue,
                packages=packages(self._open_rows(these)),
                by_team={team_name(names.teams.names[one]): n for one, n in teams.items()},
            )
        return found

    def _open_rows(self, runs: Truth) -> Whole:
        """The rows of some runs that last."""
        lasting = self.found.spans.end == NEVER
        found: Whole = (runs[self.run_of] & lasting).nonzero()[0]
        return found


@dataclass(frozen=True, slots=True)
class _Told:
    """Runs by group, which is a team and a severity."""

    rows: Spans
    group_of: Whole
    groups: Sequence[int]
    names: Names

    def _named(self, group: int) -> tuple[str | None, str]:
        team, severity = divmod(group, _RANKS)
        return self.names.teams.names[team], SEVERITIES[severity]

    def tallies(self, period: Period) -> dict[tuple[str | None, str], Tally]:
        """A tally for each group."""
        since, as_of = ticks(period.since), ticks(period.as_of)
        terms = Terms(since, as_of, DAY, AGES, REMEDIATED)
        numbers = [cluster_number(name) for name in self.names.clusters.names]
        found = counted(self.rows, self.group_of, len(self.groups), terms)
        return {
            self._named(group): _tally(terms, one, whole(numbers))
            for group, one in zip(self.groups, found, strict=True)
        }

    def weekly(self, period: Period) -> dict[str | None, Weekly]:
        """What was open by team and week, of what is critical or high."""
        weeks = [ticks(week) for week in period.weeks()]
        teams = sorted({group // _RANKS for group in self.groups})
        urgent = among(self.rows.severity, [SEVERITIES.index(one) for one in URGENT])
        rows = self.rows.where(urgent)
        changes = open_at(rows, rows.team, len(self.names.teams.names), whole(weeks))
        return {self.names.teams.names[one]: Weekly(weeks, changes[one]) for one in teams}

    def streams(self, period: Period) -> dict[str, StreamSum]:
        """What each stream adds to the period."""
        numbers, which = places(self.rows.stream)
        since, as_of = ticks(period.since), ticks(period.as_of)
        observed, lasting = observed_in(self.rows, which, len(numbers), since, as_of)
        teams = earliest(self.rows.team, which, len(numbers))
        return {
            self.names.streams.names[number]: StreamSum(
                self.names.teams.names[teams[place]], observed[place], lasting[place]
            )
            for place, number in enumerate(numbers)
        }

    def lags(self, period: Period) -> Lags:
        """Whose days they were."""
        teams, clusters = self.names.teams.names, self.names.clusters.names
        told = waited(self.rows, ticks(period.since), ticks(period.as_of))
        return Lags(
            period,
            {
                teams[team]: dict(zip(STAGES, waits, strict=True))
                for team, waits in told.by_team.items()
            },
            {
                (teams[team], clusters[cluster]): avoided
                for (team, cluster), avoided in told.avoidable.items()
            },
        )


def _tally(terms: Terms, told: Counted, numbers: Whole) -> Tally:
    sums, watched = told.sums, told.observed
    return Tally(
        terms.since,
        terms.as_of,
        open=sums["open"],
        opened=sums["opened"],
        closed=Counter(told.closed),
        backfilled=sums["backfilled"],
        limited=sums["limited"],
        undetermined=sums["open"] - sums["judged"],
        met=sums["met"],
        missed=sums["missed"],
        age=sums["age"],
        remediation=sums["remediation"],
        response=sums["response"],
        actionable=sums["actionable"],
        acted=sums["acted"],
        observed=sums["observed"],
        unseen=sums["unseen"],
        late=sums["late"],
        ages=list(told.ages),
        overdue=list(told.overdue),
        entries=array("d", watched.entries.tobytes()),
        exits=array("d", watched.exits.tobytes()),
        outcomes=array("B", watched.outcomes.tobytes()),
        members=array("q", numbers[watched.clusters].tobytes()),
        clusters=_clusters(told, numbers.tolist()),
    )


def _clusters(told: Counted, numbers: Sequence[int]) -> dict[int, ClusterSum]:
    found: dict[int, ClusterSum] = defaultdict(ClusterSum)
    for one in told.clusters:
        found[numbers[one.cluster]] = ClusterSum(**one.sums)
    return found
