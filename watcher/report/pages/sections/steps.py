"""A survival curve as the path of an SVG: days across, percent downwards from 100."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from watcher.report.pages.sections.shape import Point

Step = tuple[float, float]  # a day, and the share open from then on


def steps(points: Iterable[Point], median: float | None) -> list[Step]:
    """The share on each day; at the median, which falls between days, the curve reaches half."""
    found = [(float(point["day"]), point["survival"]) for point in points]
    if median is not None and found and not median.is_integer() and median < found[-1][0]:
        found.append((median, 0.5))
    return sorted(found)


def line(found: Sequence[Step]) -> str:
    """A falling line of steps: along to the day, then down."""
    if not found:
        return ""
    drawn = [f"M{_number(found[0][0])} {_down(found[0][1])}"]
    for (_, before), (day, share) in pairwise(found):
        if share != before:
            drawn.append(f"H{_number(day)}V{_down(share)}")
    return "".join([*drawn, f"H{_number(found[-1][0])}"])


def band(points: Sequence[Point]) -> str:
    """The area between both ends of the interval; where there is none it is as thin as the line."""
    if not points:
        return ""
    high = [(float(one["day"]), _or(one["high"], one["survival"])) for one in points]
    low = [(float(one["day"]), _or(one["low"], one["survival"])) for one in points]
    back = [f"V{_down(low[-1][1])}"]
    for (day, share), (_, above) in zip(low[:0:-1], low[-2::-1], strict=True):
        back.append(f"H{_number(day)}V{_down(above)}" if share != above else "")
    return "".join([line(high), *back, f"H{_number(low[0][0])}Z"])


def _or(bound: float | None, share: float) -> float:
    return share if bound is None else bound


def _down(share: float) -> str:
    return _number((1 - share) * 100)


def _number(value: float) -> str:
    return f"{round(value, 2):g}"
