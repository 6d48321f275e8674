"""The survival curve: paths in days and percent, the words on it, and its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watcher.report.pages.sections.labels import (
    DueDay,
    Label,
    Median,
    due_day,
    labels,
    median_of,
)
from watcher.report.pages.sections.refusal import Refusal, refusal
from watcher.report.pages.sections.shape import URGENT, Figure, Point, Report, Told
from watcher.report.pages.sections.steps import band, line, steps
from watcher.report.pages.wording import days, listed

DAYS = 90  # across the chart
_TICKS = range(0, DAYS + 1, 15)


@dataclass(frozen=True, slots=True)
class Tick:
    """A day below the chart; `at_risk` None where the curve does not reach, or has not begun."""

    day: int
    at_risk: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A day of the table: shares, or None where nothing can be said."""

    day: int
    share: float | None
    low: float | None
    high: float | None
    at_risk: int | None
    before: float | None


@dataclass(frozen=True, slots=True)
class Survival:
    """The chart; without points only `refusal` says why."""

    refusal: Refusal | None
    now: str
    band: str
    before: str
    due_days: tuple[DueDay, ...]
    labels: tuple[Label, ...]
    median: Median | None
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    ends: int | None  # the last day of a curve that stops before the chart does
    finding: str


def survival(report: Report) -> Survival:
    """Lay out the curve of what is critical and high."""
    told, previous = report["critical_and_high"], report["previous"]
    before = previous["critical_and_high"] if previous else None
    points, earlier = told["curve"], before["curve"] if before else []
    due = _due_days(report, points)
    median = told["figures"]["km_median_days"]["value"]
    return Survival(
        refusal=None if points else _why_none(told),
        now=line(steps(points, median)),
        band=band(points) if any(one["low"] is not None for one in points) else "",
        before=line(steps(earlier, before and before["figures"]["km_median_days"]["value"])),
        due_days=due,
        labels=labels(due),
        median=median_of(points, median),
        ticks=tuple(Tick(day, _at_risk(points, day)) for day in _TICKS),
        rows=tuple(_rows(points, earlier, {one.day for one in due})),
        ends=points[-1]["day"] if points and points[-1]["day"] < DAYS else None,
        finding=_finding(points, due, told["figures"]["km_median_days"], before),
    )


def _why_none(told: Told) -> Refusal | None:
    """Why there is no curve: the reason of whatever would be read first from it."""
    figures = told["figures"]
    return refusal(next(iter(figures["survival"].values()), figures["km_median_days"])) or refusal(
        figures["km_median_days"]
    )


def _due_days(report: Report, points: Sequence[Point]) -> tuple[DueDay, ...]:
    limits = report["policy"]["days"]
    whole = {severity: int(limit) for severity, limit in limits.items() if limit == int(limit)}
    urgent = {severity: whole[severity] for severity in URGENT if severity in whole}
    return tuple(
        due_day(
            day, listed([name.lower() for name, limit in urgent.items() if limit == day]), points
        )
        for day in sorted({day for day in urgent.values() if day <= DAYS})
    )


def _at_risk(points: Sequence[Point], day: int) -> int | None:
    """Who was at risk on a day; on day 0 nobody can have entered before."""
    return points[day]["at_risk"] if 0 < day < len(points) else None


def _rows(points: Sequence[Point], earlier: Sequence[Point], due: set[int]) -> Iterator[Row]:
    for day in sorted({*_TICKS, *due}):
        here = points[day] if day < len(points) else None
        yield Row(
            day=day,
            share=here and here["survival"],
            low=here and here["low"],
            high=here and here["high"],
            at_risk=_at_risk(points, day),
            before=earlier[day]["survival"] if day < len(earlier) else None,
        )


def _finding(
    points: Sequence[Point], due: Sequence[DueDay], median: Figure, before: Told | None
) -> str:
    if not points:
        return "There is no curve."
    read = [
        f"{points[one.day]['survival'] * 100:.0f} % after {one.day} days"
        for one in due
        if one.day < len(points)
    ]
    told = f"Still open: {listed(read)}." if read else "A falling line."
    return f"{told} {_half('Half are closed', median)}.{_half_before(before)}"


def _half(words: str, median: Figure) -> str:
    if median["value"] is None:
        found = refusal(median)
        return f"The median is {found.whole if found else 'unknown'}"
    return f"{words} by day {days(median['value'])}"


def _half_before(before: Told | None) -> str:
    if before is None or before["figures"]["km_median_days"]["value"] is None:
        return ""
    return f" In the period before: by day {days(before['figures']['km_median_days']['value'])}."
