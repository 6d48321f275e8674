"""The time a report is about, and the one before it that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from watcher.domain.errors import UsageError
from watcher.report.times import stamp

DEFAULT_DAYS = 90
_WEEKS = 13
_DAWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """[since, as_of), in which exposure is summed; what changed at `as_of` counts, at `since` not.

    So what was open at `since`, plus opened, minus closed, is what is open at `as_of`, and a change
    belongs to one period only. Raises UsageError where the period is empty.
    """

    since: datetime
    as_of: datetime

    def __post_init__(self) -> None:
        if self.since >= self.as_of:
            raise UsageError(
                f"the report's period is empty: --since {stamp(self.since)} is not before "
                f"--as-of {stamp(self.as_of)}"
            )

    @classmethod
    def ending(cls, as_of: datetime, since: datetime | None = None) -> Period:
        """The period up to a time; the last 90 days where nobody says since when."""
        return cls(since or _back(as_of, timedelta(days=DEFAULT_DAYS)), as_of)

    @property
    def previous(self) -> Period | None:
        """The period of the same length before; None where the calendar has no room for it."""
        since = _back(self.since, self.as_of - self.since)
        return Period(since, self.since) if since < self.since else None

    def days(self) -> list[datetime]:
        """The end of each day of the period, counted back from `as_of`, oldest first."""
        whole = (self.as_of - self.since - timedelta.resolution) // timedelta(days=1)
        return [self.as_of - timedelta(days=number) for number in range(whole, -1, -1)]

    def weeks(self) -> list[datetime]:
        """The last 13 times a week apart that end at `as_of`, oldest first."""
        return list(_weeks(self.as_of))


@lru_cache(maxsize=8)
def _weeks(as_of: datetime) -> tuple[datetime, ...]:
    return tuple(_back(as_of, timedelta(weeks=number)) for number in range(_WEEKS - 1, -1, -1))


def _back(time: datetime, by: timedelta) -> datetime:
    return time - by if time - _DAWN > by else _DAWN
