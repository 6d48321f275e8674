"""Words on the survival chart, above it and in its key: no curve and no line runs there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.report.pages.sections.shape import Point
from watcher.report.pages.wording import in_days

_ACROSS = 90  # days across the chart
_WIDE = 23  # days: as wide as a label is, where the chart is smallest


@dataclass(frozen=True, slots=True)
class DueDay:
    """A limit of the policy: a line in the chart; `share` is open by then, empty where unknown."""

    day: int
    severities: str
    share: str


@dataclass(frozen=True, slots=True)
class Label:
    """The words of one due day, or of two that stand too close for a label each."""

    x: float  # percent of the chart
    days: tuple[DueDay, ...]
    to_the_left: bool


@dataclass(frozen=True, slots=True)
class Median:
    """Where the curve crosses half."""

    x: float  # percent of the chart
    text: str


def due_day(day: int, severities: str, points: Sequence[Point]) -> DueDay:
    """A due day with the share that is open by then, where the curve reaches it."""
    share = f"{points[day]['survival'] * 100:.0f}\N{NO-BREAK SPACE}%" if day < len(points) else ""
    return DueDay(day, severities, share)


def labels(due: Sequence[DueDay]) -> tuple[Label, ...]:
    """A label right of each line, or left of it near the right edge; crowded ones become one."""
    groups: list[list[DueDay]] = []
    for one in due:
        if groups and one.day - groups[-1][-1].day < _WIDE:
            groups[-1].append(one)
        else:
            groups.append([one])
    found: list[Label] = []
    for group in reversed(groups):
        found.append(_label(group, found[-1] if found else None))
    return tuple(reversed(found))


def _label(group: Sequence[DueDay], behind: Label | None) -> Label:
    """Right of the line, unless the chart ends there or the label behind comes to meet it."""
    ends = group[-1].day + _WIDE * len(group) > _ACROSS
    met = (
        behind is not None
        and behind.to_the_left
        and behind.days[0].day - group[-1].day < 2 * _WIDE <= 2 * group[0].day
    )
    to_the_left = ends or met
    beside = group[0] if to_the_left else group[-1]
    return Label(_x(beside.day), tuple(group), to_the_left)


def median_of(points: Sequence[Point], median: float | None) -> Median | None:
    """The median, where the curve reaches it."""
    if median is None or not points or median > points[-1]["day"]:
        return None
    return Median(_x(median), in_days(median))


def _x(day: float) -> float:
    return round(day / _ACROSS * 100, 2)
