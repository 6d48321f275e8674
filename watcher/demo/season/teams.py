"""How fast each team moves: so many days after a base, or a library of its own, has a fix."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from zlib import crc32


@dataclass(frozen=True, slots=True)
class Habit:
    """From a day on: how long until a new base is taken, and how long until a library is.

    Who `pins` digests takes the base that was new then; others get the newest when they rebuild.
    """

    since: float
    base: float
    library: float
    pins: bool = False


# shop works off its tickets within two days once it has them on its board; pay tests each base for
# weeks before it takes it; ops never moves.
TEAMS: dict[str, tuple[Habit, ...]] = {
    "shop": (Habit(0, base=11, library=11), Habit(42, base=1.2, library=1.2)),
    "data": (Habit(0, base=7.6, library=13),),
    "pay": (Habit(0, base=24.8, library=26, pins=True),),
    "ops": (),
}
_SPREAD = 0.5  # days between the first and the last of a team's streams


def habit(team: str, day: float) -> Habit | None:
    """A team's habit on a day; None for one that never moves."""
    habits = list(takewhile(lambda one: one.since <= max(day, 0), TEAMS[team]))
    return habits[-1] if habits else None


def delay(stream: str) -> float:
    """By how much a stream is behind the first of its team; always the same, below half a day."""
    return crc32(stream.encode()) % 100 / 100 * _SPREAD
