"""A figure's interval as a strip on a scale from 0: bar 95 %, dot now, ring before."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.report.pages.sections.shape import Figure

_ROOM = 1.1  # the scale ends beyond what is drawn


@dataclass(frozen=True, slots=True)
class Strip:
    """Places on the strip in percent of its width; `before` None where there is none."""

    low: float
    width: float
    now: float
    before: float | None


def strip(now: Figure, before: Figure | None) -> Strip | None:
    """Place a figure's interval; None where it has none."""
    value, ci = now["value"], now["ci"]
    if value is None or ci is None:
        return None
    was = before["value"] if before else None
    end = max(*ci, value, was or 0.0) * _ROOM or 1.0
    return Strip(
        low=round(ci[0] / end * 100, 2),
        width=round((ci[1] - ci[0]) / end * 100, 2),
        now=round(value / end * 100, 2),
        before=None if was is None else round(was / end * 100, 2),
    )
