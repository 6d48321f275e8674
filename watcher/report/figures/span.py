"""A stretch in whole ticks (microseconds): sums are exact, in whatever order they are made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, get_args

from watcher.domain.exposure import Cause
from watcher.report.figures.stretch import Stretch

DAY = 86_400_000_000
TICK = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // TICK
NEVER = 1 << 62  # later than any datetime

# Estimators know causes by number; 0 is censored.
CAUSES: tuple[Cause, ...] = get_args(Cause)
NUMBERS: dict[str | None, int] = {cause: number for number, cause in enumerate(CAUSES, 1)}


def ticks(time: datetime) -> int:
    """A time as ticks since 1970."""
    return (time - _EPOCH) // TICK


def time_of(tick: int) -> datetime:
    """The time of so many ticks since 1970; the calendar's last where it has no later one."""
    return _EPOCH + min(tick, LAST) * TICK


class Span(NamedTuple):
    """A stretch by its times alone: `end` is NEVER while it lasts, `seen` when it was detected.

    `cluster` is the number of what it is not independent of. `due` is NEVER where it is not due at
    any time; `limited` where the policy sets a limit, None where nobody can tell.
    """

    start: int
    end: int
    seen: int
    cause: int
    backfilled: bool
    cluster: int = 0
    due: int = NEVER
    limited: bool | None = False
    fixed: int = NEVER  # since when there is a fix to act on


_LIMITED: dict[str, bool | None] = {
    "due": True,
    "waiting": True,
    "unlimited": False,
    "undetermined": None,
}


def span_of(stretch: Stretch, cluster: int = 0) -> Span:
    """Read the times of a stretch."""
    fixed = stretch.milestones.fix_available
    return Span(
        ticks(stretch.start),
        NEVER if stretch.end is None else ticks(stretch.end),
        ticks(stretch.detected),
        NUMBERS.get(stretch.cause, 0),
        stretch.backfilled,
        cluster,
        NEVER if stretch.due.at is None else ticks(stretch.due.at),
        _LIMITED[stretch.due.state],
        NEVER if fixed is None else ticks(fixed),
    )
