"""Whether a pass may go on, and in what mood it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from watcher.domain.errors import StartError
from watcher.services.audit import NIGHTLY, Sample
from watcher.services.work import Stopped

_CHECKED: Final = 5.0  # seconds between two looks whether the pass still holds its lock


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Mood:
    """How a pass is made: `eager` tries everything at once that rests after a failure.

    `sample` says how many images an audit scans, where the pass makes one.
    """

    eager: bool = True
    stopping: Callable[[], bool] = _never
    sample: Sample = NIGHTLY


COMMANDED: Final = Mood()  # as a person's command makes it


@dataclass(slots=True)
class Watch:
    """Looks whether a pass may go on."""

    holds: Callable[[], bool]
    stopping: Callable[[], bool]
    last: float = 0.0

    def look(self) -> None:
        """Raise Stopped where somebody asked for it, StartError where the lock was lost."""
        if self.stopping():
            raise Stopped("the pass was stopped: nothing is lost, the next one goes on")
        if monotonic() - self.last < _CHECKED:
            return
        self.last = monotonic()
        if not self.holds():
            raise StartError(
                "the pass lost its lock with its connection to the database: nothing is lost, the "
                "next pass goes on"
            )
