"""Whose days they were: exposure in the period by the stage that waited, and what bumps missed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from watcher.domain.waterfall import STAGES, Stage, waterfall
from watcher.report.figures.estimates import Document
from watcher.report.figures.period import Period
from watcher.report.figures.span import DAY, ticks
from watcher.report.figures.stretch import Stretch, team_name


def _no_stages() -> dict[Stage, int]:
    return dict.fromkeys(STAGES, 0)


@dataclass(slots=True)
class Lags:
    """Sums in ticks over the stretches of a period."""

    period: Period
    _by_team: dict[str | None, dict[Stage, int]] = field(
        default_factory=lambda: defaultdict(_no_stages)
    )
    _avoidable: dict[tuple[str | None, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, stretch: Stretch) -> None:
        """Count in what of a stretch lies in the period."""
        end = stretch.end or self.period.as_of
        if stretch.start >= end or stretch.start >= self.period.as_of:
            return
        stages = self._by_team[stretch.team]
        for stage, start, until in waterfall(stretch.start, end, stretch.milestones):
            stages[stage] += self._inside(start, until)
        fixed = stretch.milestones.base_fix_available
        if fixed is not None:
            key = (stretch.team, stretch.cluster)
            self._avoidable[key] += self._inside(max(fixed, stretch.start), end)

    def _inside(self, start: datetime, end: datetime) -> int:
        """The ticks of [start, end) that lie in the period."""
        inside = ticks(min(end, self.period.as_of)) - ticks(max(start, self.period.since))
        return max(0, inside)

    def avoidable(self, team: str, base: str) -> float:
        """Exposure-days of a team's streams on a base after its lineage was without the flaw.

        They would not have come to pass, had the streams moved on that very day.
        """
        return self._avoidable.get((team, base), 0) / DAY

    def waited(self, stage: Stage | None = None) -> int:
        """The ticks that a stage waited in all, or all of them."""
        every = self._by_team.values()
        return sum(told[one] for told in every for one in STAGES if stage in {None, one})

    def avoided(self) -> int:
        """The ticks that need not have come to pass."""
        return sum(self._avoidable.values())

    def written(self) -> Document:
        """The days of each stage, in all and by team; they sum to all exposure of the period."""
        whole = {stage: sum(told[stage] for told in self._by_team.values()) for stage in STAGES}
        teams = sorted(self._by_team.items(), key=lambda pair: team_name(pair[0]))
        return {
            "days": _days(whole),
            "exposure_days": sum(whole.values()) / DAY,
            "by_team": {team_name(team): _days(told) for team, told in teams},
            "avoidable_exposure_days": self.avoided() / DAY,
        }


def _days(told: dict[Stage, int]) -> dict[Stage, float]:
    return {stage: told[stage] / DAY for stage in STAGES}
