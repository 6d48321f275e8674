"""A survival curve as points for a chart, as far as it can be shown."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.report.figures.estimates import Document, Judged
from watcher.report.figures.figures import RESTRICTED_TO


def points(judged: Judged) -> list[Document]:
    """A point for each day up to day 90; the curve stops where nothing more can be said of it.

    Days before anything was under observation are drawn, at 1, though no figure is read there.
    """
    return list(_points(judged))


def _points(judged: Judged) -> Iterator[Document]:
    for day in range(RESTRICTED_TO + 1):
        survival = judged.curve.at(day)
        if judged.thin(day) or (survival > 0 and day > judged.cohort.last_exit):
            return
        low, high = judged.curve.band(day) or (None, None)
        yield {
            "day": day,
            "survival": survival,
            "low": low,
            "high": high,
            "at_risk": judged.cohort.at_risk_at(day),
        }
