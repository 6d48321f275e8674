"""What is due: the oldest breaches and what comes next, five in all, by vulnerability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from watcher.report.pages.sections.shape import Due, DueInAll, Report
from watcher.report.pages.wording import in_days, instant

MOST = 5
_OVERDUE = 3  # at most, where something else comes due
_PACKAGES = 2
_LISTED = 50  # vulnerabilities that a document lists at most
_TEAMS = 3


@dataclass(frozen=True, slots=True)
class DueRow:
    """Open exposures to one vulnerability with their first due time; `late` in words."""

    due: str
    overdue: bool
    vulnerability: str
    packages: tuple[str, ...]
    more_packages: int
    severity: str
    windows: int
    late: str
    teams: tuple[tuple[str, int], ...]
    more_teams: int


@dataclass(frozen=True, slots=True)
class Dues:
    """The rows, and how many vulnerabilities more are past due, and not; `cut` if more still."""

    rows: tuple[DueRow, ...]
    overdue: int
    coming: int
    cut: bool


def dues(report: Report) -> Dues | None:
    """Choose what is shown; None where the document is older than dues."""
    found = report.get("due")
    if found is None:
        return None
    overdue = [one for one in found if one["overdue"]]
    coming = [one for one in found if not one["overdue"]]
    first = overdue[: max(_OVERDUE, MOST - len(coming))]
    then = coming[: MOST - len(first)]
    listed: DueInAll = {"overdue": len(overdue), "coming": len(coming)}
    every = report.get("due_in_all")
    return Dues(
        rows=tuple(_row(one, report["as_of"]) for one in [*first, *then]),
        overdue=(every or listed)["overdue"] - len(first),
        coming=(every or listed)["coming"] - len(then),
        cut=every is None and len(found) >= _LISTED,
    )


def _row(one: Due, as_of: str) -> DueRow:
    teams = sorted(one["by_team"].items(), key=lambda pair: (-pair[1], pair[0]))
    return DueRow(
        due=one["due"],
        overdue=one["overdue"],
        vulnerability=one["vulnerability"],
        packages=tuple(one["packages"][:_PACKAGES]),
        more_packages=len(one["packages"][_PACKAGES:]),
        severity=one["severity"],
        windows=one["windows"],
        late=_late(one, as_of) if one["overdue"] else "",
        teams=tuple(teams[:_TEAMS]),
        more_teams=_rest(teams),
    )


def _rest(teams: Sequence[tuple[str, int]]) -> int:
    return len(teams[_TEAMS:])


def _late(one: Due, as_of: str) -> str:
    by = (instant(as_of) - instant(one["due"])) / timedelta(days=1)
    up_to = "up to " if one["windows"] > 1 else ""
    return f"{up_to}{in_days(by)} overdue"
