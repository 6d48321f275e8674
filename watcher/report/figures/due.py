"""What comes due: of each vulnerability what is past its due time, and what is not yet."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Mapping
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

    def sum_up(
        self, vulnerability: str, *, overdue: bool, at: int, severity: str, windows: int
    ) -> None:
        """Take in all stretches of a vulnerability that are overdue, or that are not."""
        self._sums[overdue, vulnerability] = _Due(at, severity, windows)

    def tell(
        self,
        vulnerability: str,
        *,
        overdue: bool,
        packages: Collection[str],
        by_team: Mapping[str, int],
    ) -> None:
        """Say whose such a sum is."""
        due = self._sums[overdue, vulnerability]
        due.packages.update(packages)
        due.by_team.update(by_team)

    def listed(self) -> list[tuple[bool, str]]:
        """What has room in a list: past due or not, and the vulnerability."""
        return [key for key, _ in self._first()]

    def written(self) -> list[Document]:
        """What is past due, the oldest first, then what comes due next; at most 50 rows."""
        return [_written(name, due, overdue=overdue) for (overdue, name), due in self._first()]

    def _first(self) -> list[tuple[tuple[bool, str], _Due]]:
        return heapq.nsmallest(MOST, self._sums.items(), key=_urgency)

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
