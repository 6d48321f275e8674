"""The teams, most exposure-days first; those beyond the eighth are one row, and all sum up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from watcher.report.pages.sections.apportion import apportioned
from watcher.report.pages.sections.compared import in_relation
from watcher.report.pages.sections.refusal import Refusal, refusal
from watcher.report.pages.sections.shape import URGENT, Figure, Report, Team
from watcher.report.pages.sections.spark import Spark, spark
from watcher.report.pages.sections.watch import Watch
from watcher.report.pages.wording import count, in_days

MOST = 8
_DETAILED = 100  # exposure-days have one decimal below this total
_NOT_SUMMED = "not summed"


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team, or others gathered (`gathered` says how many); texts are ready to print."""

    team: str
    gathered: int
    streams: int
    covered: int
    critical: int
    high: int
    open: int
    past_due: int
    median: str
    estimated: bool  # whether `median` is one, and no word that there is none
    exposure_days: str
    change: str
    weekly: tuple[int, ...]
    spark: Spark


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why some teams have no median."""

    teams: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Teams:
    """The rows and their sum."""

    rows: tuple[TeamRow, ...]
    total: TeamRow
    weeks: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    compared: bool  # whether changes are given


def teams(report: Report, watch: Watch) -> Teams:
    """Lay out the teams; changes are given where both periods were watched."""
    shown = _gathered(report["teams"])
    parts = [row["exposure_days"] for row in shown]
    digits = 0 if sum(part or 0.0 for part in parts) >= _DETAILED else 1
    rounded = apportioned(parts, digits)
    medians = {name: one["km_median_days"] for name, one in report["by_team"].items()}
    gathered = len(report["teams"]) - len(shown) + 1
    rows = [
        _row(row, medians.get(row["team"]), _days(part, digits), watch)
        for row, part in zip(shown, rounded, strict=True)
    ]
    if gathered > 1:
        rows[-1] = replace(rows[-1], gathered=gathered, median=_NOT_SUMMED, estimated=False)
    whole, total = _summed("All", shown), report["figures"]["km_median_days"]
    return Teams(
        rows=tuple(rows),
        total=_row(whole, total, _days(whole["exposure_days"], digits), watch),
        weeks=tuple(report["weeks"]),
        doubts=tuple(_doubts(shown[: -1 if gathered > 1 else None], medians)),
        compared=watch.comparable,
    )


def _gathered(rows: Sequence[Team]) -> list[Team]:
    """The first eight, and all others as one."""
    if len(rows) <= MOST + 1:  # a row for one other would take as much room as the other itself
        return list(rows)
    return [*rows[:MOST], _summed("Others", rows[MOST:])]


def _summed(name: str, rows: Sequence[Team]) -> Team:
    severities = sorted({severity for row in rows for severity in row["open"]} | {*URGENT})
    return Team(
        team=name,
        streams=sum(row["streams"] for row in rows),
        covered=sum(row["covered"] for row in rows),
        open={one: sum(row["open"].get(one, 0) for row in rows) for one in severities},
        past_due=sum(row["past_due"] for row in rows),
        exposure_days=_sum([row["exposure_days"] for row in rows]),
        exposure_days_before=_sum([row["exposure_days_before"] for row in rows]),
        weekly=[sum(week) for week in zip(*(row["weekly"] for row in rows), strict=True)],
    )


def _sum(parts: Sequence[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known or not parts else None


def _row(row: Team, median: Figure | None, exposure_days: str, watch: Watch) -> TeamRow:
    value = median and median["value"]
    return TeamRow(
        team=row["team"],
        gathered=0,
        streams=row["streams"],
        covered=row["covered"],
        critical=row["open"].get("CRITICAL", 0),
        high=row["open"].get("HIGH", 0),
        open=sum(row["open"].values()),
        past_due=row["past_due"],
        median=_NOT_SUMMED if median is None else _median(median),
        estimated=value is not None,
        exposure_days=exposure_days,
        change=_change(row, watch),
        weekly=tuple(row["weekly"]),
        spark=spark(row["weekly"]),
    )


def _median(figure: Figure) -> str:
    refused = refusal(figure)
    return refused.head if refused else in_days(figure["value"] or 0.0)


def _days(number: float | None, digits: int) -> str:
    if number is None:
        return "not observed"
    return f"{number:,.{digits}f}" if digits else count(number)


def _change(row: Team, watch: Watch) -> str:
    """The change in percent; a team that had nothing before is new to it."""
    now, before = row["exposure_days"], row["exposure_days_before"]
    if not watch.comparable or now is None or before is None:
        return "not known"
    if round(now) == round(before):
        return "±0 %"
    return (in_relation(now, before) if before >= 1 else None) or "from 0"


def _doubts(rows: Sequence[Team], medians: dict[str, Figure]) -> list[Doubt]:
    """The reasons why teams have no median, teams with the same reason together."""
    found: list[tuple[str, Refusal]] = [
        (row["team"], refused)
        for row in rows
        if row["team"] in medians and (refused := refusal(medians[row["team"]]))
    ]
    found.sort(key=lambda pair: pair[1].whole)
    return [
        Doubt(tuple(team for team, _ in same), refused.rest or refused.head)
        for refused, same in groupby(found, key=lambda pair: pair[1])
    ]
