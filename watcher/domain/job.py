"""When work that failed is tried again, and when it is set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PATIENCE: Final = 8  # tries before a job is parked
DEATHS: Final = 3  # processes that may end over one job before it is parked
PARKED: Final = timedelta(days=1)  # how long a parked job rests between two tries
_FIRST: Final = timedelta(minutes=1)
_GROWTH: Final = 3
_LONGEST: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when a job that failed rests; a parked one is tried once a day, and shown as such."""

    until: datetime
    parked: bool


def rest(attempts: int, at: datetime, *, lasting: bool) -> Rest:
    """How long a job rests that failed at a time, after so many tries, this one included.

    The pauses grow threefold from one minute to six hours. What failed for a lasting reason, or
    too often, is parked.

    Times are those of passes, and no clock is read: one that jumps ahead wakes what rests once,
    too early; one that jumps back lets it rest until the clock has caught up, but for a pass that
    a person makes, which wakes everything.
    """
    if lasting or attempts >= PATIENCE:
        return Rest(at + PARKED, parked=True)
    pause = min(_FIRST * _GROWTH ** (attempts - 1), _LONGEST)
    return Rest(at + pause, parked=False)
