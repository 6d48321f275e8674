"""What changed against the period before: exposure-days, and what ended without anybody's work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watcher.report.figures.estimates import Document
from watcher.report.figures.figures import Group, observed
from watcher.report.figures.fleet import Fleet
from watcher.report.figures.span import CAUSES, DAY
from watcher.report.figures.tally import REMEDIATED


def change(fleet: Fleet, every: Group, teams: Sequence[Mapping[str, object]]) -> Document:
    """Compare the observed exposure-days of both periods, in all and by team.

    `every` is the group of all severities, `teams` are the rows of `backlog.teams`. `before` is
    None where the calendar has no such period, or nothing was observed in it.
    """
    known = any(tally.exits for tally in fleet.before.values())
    before = sum(tally.observed for tally in fleet.before.values()) / DAY if known else None
    return {
        "exposure_days": {"now": observed(every.tally).value, "before": before},
        "by_team": [
            {
                "team": row["team"],
                "now": row["exposure_days"],
                "before": row["exposure_days_before"] if known else None,
            }
            for row in teams
        ],
        "without_work": _without_work(every),
    }


def _without_work(every: Group) -> dict[str, int]:
    """How many stretches ended for each cause but a rebuild."""
    closed = every.tally.closed
    others = (number for number in sorted(closed) if number != REMEDIATED)
    return {CAUSES[number - 1]: closed[number] for number in others if closed[number]}
