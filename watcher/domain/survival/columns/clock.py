"""By when many stretches are due whose clock began once and never stood still."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from watcher.domain.survival.columns.whole import NEVER, Whole

DUE, UNDETERMINED, WAITING, UNLIMITED = range(4)  # the one most in doubt before the others
ALWAYS = -NEVER  # before any time


class Allowed(NamedTuple):
    """What a policy leaves: `times` that count from when they were recorded, or from the start.

    `recorded` is ALWAYS where that is from the start on. `missing` is the number of what nobody
    told, 0 for nothing.
    """

    times: Sequence[int]
    recorded: Sequence[int]
    missing: int


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Due times (NEVER: none), the state of each, and what is missing, by number."""

    at: Whole
    state: Whole
    missing: Whole


def dues(clock: Whole, allowed: Iterable[Allowed], which: Whole, last: int) -> Judged:
    """Judge stretches by the start of their clock (NEVER: it waits).

    `which` says which of the `allowed` each stretch has; no due time lies behind `last`.
    """
    told = list(allowed)
    width = max((len(one.times) for one in told), default=0)
    at = np.full(len(clock), NEVER, dtype=np.int64)
    for place in range(width):
        times = np.array([_nth(one.times, place, NEVER) for one in told], dtype=np.int64)
        recorded = np.array([_nth(one.recorded, place, ALWAYS) for one in told], dtype=np.int64)
        begin = np.maximum(clock, recorded[which])
        time = times[which]
        ends = np.where(time < last - begin, begin + np.minimum(time, last), last)
        at = np.minimum(at, np.where(time == NEVER, NEVER, ends))
    limited = np.array([bool(one.times) for one in told], dtype=np.bool_)[which]
    missing = np.array([one.missing for one in told], dtype=np.int64)[which]
    runs = clock != NEVER
    state = np.where(missing > 0, UNDETERMINED, UNLIMITED)
    state = np.where(limited, np.where(runs, DUE, WAITING), state)
    return Judged(
        np.where(limited & runs, at, NEVER), state, np.where(state == UNDETERMINED, missing, 0)
    )


def _nth(values: Sequence[int], place: int, otherwise: int) -> int:
    return values[place] if place < len(values) else otherwise
