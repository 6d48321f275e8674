"""What comes due: of each vulnerability what is past its due time, and what is not yet."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field

from watcher.domain.package import rank
from watcher.report.figures.estimates import Document
from watcher.report.figures.span import time_of
from watcher.report.figures.stretch import Stretch, team_name
from watcher.report.times import stamp

MOST = 50


@dataclass(slots=True)
class _Due:
    """Open stretches of one vulnerability; `at` is the first due time among them, in ticks."""

    at: int
    severity: str
    windows: int = 0
    packages: set[str] = field(default_factory=set)
    by_team: Counter[str] = field(default_factory=Counter)

    def add(self, stretch: Stretch, at: int) -> None:
        """Count one stretch in."""
        self.at = min(self.at, at)
        self.severity = min(self.severity, stretch.severity, key=rank)
        self.windows += 1
        self.packages.update(stretch.packages)
        self.by_team[team_name(stretch.team)] += 1


@dataclass(slots=True)
class Dues:
    """At most two sums for each vulnerability, past due at a time (in ticks) and not."""

    as_of: int
    _sums: dict[tuple[bool, str], _Due] = field(default_factory=dict)

    def add(self, stretch: Stretch, at: int) -> None:
        """Count in an open stretch that is due at a time."""
        key = (at < self.as_of, stretch.vulnerability)
        if key not in self._sums:
            self._sums[key] = _Due(at, stretch.severity)
        self._sums[key].add(stretch, at)

    def written(self) -> list[Document]:
        """What is past due, the oldest first, then what comes due next; at most 50 rows."""
        first = heapq.nsmallest(MOST, self._sums.items(), key=_urgency)
        return [_written(name, due, overdue=overdue) for (overdue, name), due in first]

    def counted(self) -> Document:
        """How many vulnerabilities are past due, and how many come due, listed or not."""
        overdue = sum(overdue for overdue, _ in self._sums)
        return {"overdue": overdue, "coming": len(self._sums) - overdue}


def _urgency(one: tuple[tuple[bool, str], _Due]) -> tuple[bool, int, int, str]:
    (overdue, name), due = one
    return not overdue, due.at, rank(due.severity), name


def _written(vulnerability: str, due: _Due, *, overdue: bool) -> Document:
    teams = sorted(due.by_team.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        "due": stamp(time_of(due.at)),
        "overdue": overdue,
        "vulnerability": vulnerability,
        "packages": sorted(due.packages),
        "severity": due.severity,
        "windows": due.windows,
        "by_team": dict(teams),
    }
