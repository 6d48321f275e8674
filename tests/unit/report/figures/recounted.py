"""What a report's page draws beside figures, counted again naively and by other code.

Like `recomputed`, whose rows it counts: nothing of watcher is imported. Times are days before the
report's time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from tests.unit.report.figures.recomputed import WORST_FIRST, Days, Row, watched

Document = dict[str, Any]
URGENT = ["CRITICAL", "HIGH"]
BANDS = {"0-7": (-1, 7), "8-30": (7, 30), "31-90": (30, 90), ">90": (90, 10**6)}
WEEKS = 13


def urgent(rows: Iterable[Row]) -> list[Row]:
    """Those of critical and of high severity."""
    return [row for row in rows if row.severity in URGENT]


def open_at(rows: Iterable[Row], now: Days = 0) -> list[Row]:
    """Those that are open at a time."""
    return [row for row in rows if row.start <= now < row.last]


def curve(rows: Sequence[Row], since: Days, now: Days = 0) -> list[tuple[int, float, int]]:
    """Day, share still open and number at risk, as far as anything can be said."""
    subjects = _subjects(rows, since, now)
    if sum(event == "remediated" for *_, event in subjects) < 10:
        return []
    found: list[tuple[int, float, int]] = []
    last = max(leave for _, leave, _ in subjects)
    for day in range(91):
        share = Fraction(1)
        thin = False
        for time in sorted({leave for _, leave, event in subjects if event == "remediated"}):
            if time <= day:
                risk = sum(entry < time <= leave for entry, leave, _ in subjects)
                thin = thin or risk < 5
                gone = sum(leave == time and e == "remediated" for _, leave, e in subjects)
                share *= 1 - Fraction(gone, risk)
        if thin or (share > 0 and day > last):
            break
        at_risk = sum(entry < day <= leave for entry, leave, _ in subjects)
        found.append((day, float(share), at_risk))
    return found


def incidence(rows: Sequence[Row], since: Days, now: Days, day: int) -> dict[str, float]:
    """The share that has ended for each cause by a day, whatever may be said of it."""
    subjects = _subjects(rows, since, now)
    found: dict[str, Fraction] = {event: Fraction(0) for *_, event in subjects if event}
    lasting = Fraction(1)
    for time in sorted({leave for _, leave, event in subjects if event}):
        if time > day:
            break
        risk = sum(entry < time <= leave for entry, leave, _ in subjects)
        gone = Counter(event for _, leave, event in subjects if event and leave == time)
        for event, count in gone.items():
            found[event] += lasting * Fraction(count, risk)
        lasting *= 1 - Fraction(gone.total(), risk)
    return {event: float(share) for event, share in found.items()}


def ages(rows: Iterable[Row]) -> Document:
    """What is open by severity and age, and what of it is past due."""
    every = open_at(rows)
    told: Document = {}
    for severity in WORST_FIRST:
        told[severity] = {}
        for name, (over, up_to) in BANDS.items():
            mine = [r for r in every if r.severity == severity and over < -r.start <= up_to]
            late = [row for row in mine if row.due is not None and row.due < 0]
            told[severity][name] = {"open": len(mine), "past_due": len(late)}
    return told


def observed(rows: Iterable[Row], since: Days, now: Days = 0) -> float:
    """Exposure-days from detection on."""
    return float(sum((leave - entry for entry, leave in _spans(rows, since, now)), Fraction(0)))


def team(rows: Sequence[Row], since: Days) -> Document:
    """A team's row, without its streams."""
    every = open_at(rows)
    return {
        "open": {s: sum(row.severity == s for row in every) for s in WORST_FIRST},
        "past_due": sum(row.due is not None and row.due < 0 for row in every),
        "exposure_days": observed(rows, since),
        "exposure_days_before": observed(rows, 2 * since, since),
        "weekly": [len(open_at(urgent(rows), -7 * week)) for week in range(WEEKS - 1, -1, -1)],
    }


def due(rows: Iterable[Row]) -> list[Document]:
    """What is past due and what comes due, by vulnerability, in the order of the report."""
    groups: dict[tuple[bool, str], list[Row]] = {}
    for row in open_at(rows):
        if row.due is not None:
            groups.setdefault((row.due < 0, row.vulnerability), []).append(row)
    told = [
        {
            "due": min(row.due for row in mine if row.due is not None),
            "overdue": late,
            "vulnerability": name,
            "severity": min((row.severity for row in mine), key=WORST_FIRST.index),
            "windows": len(mine),
            "by_team": dict(Counter(str(row.team) for row in mine)),
        }
        for (late, name), mine in groups.items()
    ]
    return sorted(told, key=_by_urgency)


def _by_urgency(one: Document) -> tuple[bool, Days, int, str]:
    place = WORST_FIRST.index(one["severity"])
    return not one["overdue"], one["due"], place, one["vulnerability"]


def top_streams(rows: Sequence[Row], since: Days) -> list[tuple[str, float, int]]:
    """The ten streams with most exposure-days: the days, and how many are open."""
    names = {row.stream for row in rows}
    told = []
    for name in names:
        mine = [row for row in rows if row.stream == name]
        told.append((name, observed(mine, since), len(open_at(mine))))
    ranked = sorted((one for one in told if one[1]), key=lambda one: (-one[1], one[0]))
    return ranked[:10]


def ended(
    rows: Iterable[Row], since: Days, asked: Callable[[Row], Sequence[tuple[Days, str]]]
) -> dict[str, tuple[int, float]]:
    """How many of the remediated each bump ended, and the days since.

    `asked` gives, of an exposure, when each ticket that asked to end it was filed, and whose it is.
    """
    found: dict[str, tuple[int, float]] = {}
    for row in rows:
        if row.end is None or row.cause != "remediated" or not since < row.end <= 0:
            continue
        before = sorted(one for one in asked(row) if one[0] < row.end)
        if before:
            count, days = found.get(before[0][1], (0, 0.0))
            found[before[0][1]] = (count + 1, days + float(-row.end))
    return found


def _spans(rows: Iterable[Row], since: Days, now: Days) -> list[tuple[Days, Days]]:
    seen = [watched(row, since, now) for row in rows if row.start < now and row.last > since]
    return [(entry, leave) for entry, leave in seen if leave > entry]


def _subjects(rows: Iterable[Row], since: Days, now: Days) -> list[tuple[Days, Days, str | None]]:
    """Entry, exit and cause (None: censored) of the cohort, by age."""
    found: list[tuple[Days, Days, str | None]] = []
    for row in rows:
        if not (row.start < now and row.last > since):
            continue
        entry, leave = watched(row, since, now)
        if leave > entry:
            cause = row.cause if row.last <= now else None
            found.append((entry - row.start, leave - row.start, cause))
    return found
