"""The days of the season: when passes are made, and which time a day is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DAYS = 120
# A pass every third day on average: one when there is news, and another two days later.
PASSES = tuple(day for week in range(0, DAYS + 1, 6) for day in (week, week + 2) if day <= DAYS)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Turns days, counted from the midnight `start`, into times."""

    start: datetime

    def time(self, day: float) -> datetime:
        """The time of a day, to the second."""
        return self.start + timedelta(seconds=round(day * 86_400))
