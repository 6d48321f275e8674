"""A stretch of time as the width of a chart: places are percentages of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.report.times import stamp

_STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728)  # days between labels
_LABELS = 9


@dataclass(frozen=True, slots=True)
class Place:
    """A labelled time on an axis."""

    x: str
    at: str
    edge: str  # start, end, or empty in between


@dataclass(frozen=True, slots=True)
class Axis:
    """Time from `start` to `end`, which lies behind it."""

    start: datetime
    end: datetime

    def share(self, time: datetime) -> float:
        """Where a time lies, in percent of the width; what lies outside is moved to the edge."""
        share = (time - self.start) / (self.end - self.start)
        return 100 * min(1.0, max(0.0, share))

    def at(self, time: datetime) -> str:
        """Where a time lies, as SVG takes it."""
        return f"{self.share(time):.2f}%"

    def wide(self, start: datetime, end: datetime) -> str:
        """How wide the time between two others is, as SVG takes it."""
        return f"{max(0.0, self.share(end) - self.share(start)):.2f}%"

    def shows(self, start: datetime, end: datetime | None) -> bool:
        """Whether any of an interval lies on the axis."""
        return start <= self.end and (end is None or end > self.start)

    def places(self) -> Iterator[Place]:
        """Some midnights to be labelled, the first and the last of them at the edges."""
        days = (self.end - self.start) / timedelta(days=1)
        step = next((one for one in _STEPS if days / one <= _LABELS - 1), _STEPS[-1])
        last = self.end.replace(hour=0, minute=0, second=0, microsecond=0)
        times = [last - timedelta(days=step * number) for number in range(_LABELS - 1, -1, -1)]
        for time in times:
            if time >= self.start:
                share = self.share(time)
                edge = "start" if share < 4 else "end" if share > 96 else ""  # noqa: PLR2004
                yield Place(f"{share:.2f}%", stamp(time), edge)
