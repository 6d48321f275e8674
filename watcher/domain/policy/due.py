"""When an exposure is due: a limit counted on a clock that stands still while nothing is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from watcher.domain.policy.limit import Limit

State = Literal["due", "unlimited", "waiting", "undetermined"]

_LAST = datetime.max.replace(tzinfo=UTC)


class Run(NamedTuple):
    """A time [start, end) in which the clock ran; `end` None while it does."""

    start: datetime
    end: datetime | None


class Rated(NamedTuple):
    """What a policy left from a time on: when that was recorded, None from the very start."""

    recorded: datetime | None
    limit: Limit


@dataclass(frozen=True, slots=True)
class Due:
    """By when an exposure has to end, and where there is no such time, why.

    `unlimited`: the policy sets no limit. `waiting`: its clock has not started, such as while
    there is no fix. `undetermined`: what `missing` names was not told.
    """

    state: State
    at: datetime | None = None
    missing: tuple[str, ...] = ()


_WAITING = Due("waiting")
_UNLIMITED = Due("unlimited")


def due(clock: Sequence[Run], rated: Iterable[Rated]) -> Due:
    """The earliest due time among all that an exposure was rated.

    Each limit counts from the start of the clock or from when its rating was recorded, whichever
    is later; so a rating that was lowered later leaves a past breach past. `clock` holds its runs,
    oldest first; the gaps between do not count. Where some rating gives a time, it stands, even if
    another one is undetermined: that one could only bring it forward.
    """
    limits: list[Rated] = []
    missing: set[str] = set()
    for one in rated:
        if one.limit.time is not None:
            limits.append(one)
        missing.update(one.limit.missing)
    if limits:
        return Due("due", min(_counted(clock, one) for one in limits)) if clock else _WAITING
    return Due("undetermined", None, tuple(sorted(missing))) if missing else _UNLIMITED


def _counted(clock: Sequence[Run], rated: Rated) -> datetime:
    """When the limit has passed on a clock, beginning when the rating was recorded.

    Of a clock that stopped earlier it is the time at which it would have passed.
    """
    left = rated.limit.time or timedelta(0)
    last = clock[-1]
    for run in clock[:-1]:
        at = _from(run, rated)
        room = max(timedelta(0), (run.end or _LAST) - at)
        if left <= room:
            return at + left
        left -= room
    at = _from(last, rated)
    return at + left if _LAST - at > left else _LAST


def _from(run: Run, rated: Rated) -> datetime:
    return run.start if rated.recorded is None else max(run.start, rated.recorded)
