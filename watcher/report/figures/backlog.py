"""What is open: by severity and age, by team over the last weeks, and by stream."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping

from watcher.domain.package import SEVERITIES
from watcher.report.figures.coverage import Watched
from watcher.report.figures.estimates import Document
from watcher.report.figures.figures import observed
from watcher.report.figures.fleet import Fleet, of_severities, of_team
from watcher.report.figures.stretch import team_name
from watcher.report.figures.tally import AGE_NAMES, Tally

TOP_STREAMS = 10


def ages(fleet: Fleet) -> Document:
    """Open stretches by severity and days of known exposure, and those of them past due."""
    by_severity: Document = {}
    for severity in SEVERITIES:
        tally = of_severities(fleet.period, fleet.now, [severity])
        by_severity[severity] = {
            name: {"open": tally.ages[number], "past_due": tally.overdue[number]}
            for number, name in enumerate(AGE_NAMES)
        }
    return by_severity


def teams(fleet: Fleet, watched: Watched) -> list[Document]:
    """A row for each team, most exposure-days first."""
    known = {team for team, _ in fleet.now} | set(watched.by_team)
    rows = [_team(fleet, watched, team) for team in known]
    return [row for _, _, row in sorted(rows, key=lambda row: row[:2])]


def _team(fleet: Fleet, watched: Watched, team: str | None) -> tuple[float, str, Document]:
    now = of_team(fleet.period, fleet.now, team)
    before = of_team(fleet.period, fleet.before, team)
    streams = watched.by_team.get(team, [])
    weekly = fleet.weekly.get(team)
    row: Document = {
        "team": team_name(team),
        "streams": len(streams),
        "covered": sum(one.reason is None for one in streams),
        "open": _open(fleet.now, team),
        "past_due": now.past_due,
        "exposure_days": observed(now).value,
        "exposure_days_before": observed(before).value,
        "weekly": weekly.values() if weekly else [0] * len(fleet.period.weeks()),
    }
    return -now.observed, team_name(team), row


def idle(fleet: Fleet, names: Collection[str]) -> Document:
    """How many streams are idle lines, and how much of what is open is theirs."""
    theirs = (fleet.streams[name].open for name in names if name in fleet.streams)
    return {"streams": len(names), "open": sum(theirs)}


def _open(groups: Mapping[tuple[str | None, str], Tally], team: str | None) -> dict[str, int]:
    return {
        severity: groups[team, severity].open if (team, severity) in groups else 0
        for severity in SEVERITIES
    }


def top_streams(fleet: Fleet) -> list[Document]:
    """The streams with the most observed exposure-days in the period, at most ten."""
    ranked = heapq.nsmallest(
        TOP_STREAMS, fleet.streams.items(), key=lambda pair: (-pair[1].observed, pair[0])
    )
    return [
        {
            "stream": name,
            "team": team_name(one.team),
            "exposure_days": one.days,
            "open": one.open,
        }
        for name, one in ranked
        if one.observed
    ]
