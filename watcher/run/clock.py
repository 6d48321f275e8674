"""The clock: writes down what is due, and does nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from watcher.domain.errors import StartError
from watcher.ports.store.calls import Calls
from watcher.run.schedule import PATIENT, When, key_of

JUMP: Final = timedelta(minutes=1)
_LOOK: Final = 10  # seconds between two looks at the clock itself


@dataclass(slots=True)
class Clock:
    """Calls what is due. `now` is the clock on the wall, which may jump."""

    calls: Calls
    schedule: Mapping[str, When]
    now: Callable[[], datetime]
    say: Callable[[str], None]
    _unheard: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Call everything that is not patient once, and then what is due, until the block ends."""
        ticks = BackgroundScheduler(timezone=UTC)
        for name, when in self.schedule.items():
            ticks.add_job(
                self.call,
                _trigger(when),
                args=[name],
                id=name,
                coalesce=True,
                misfire_grace_time=None,
            )
        look = _Look(self, ticks)
        ticks.add_job(look.look, "interval", seconds=_LOOK, id="look", misfire_grace_time=None)
        self.call_all()
        ticks.start()
        try:
            yield
        finally:
            ticks.shutdown(wait=False)

    def call_all(self) -> None:
        """Write down that everything is due, but for what waits for its time."""
        for name in self.schedule:
            if name not in PATIENT:
                self.call(name)

    def call(self, name: str) -> None:
        """Write down that something is due; where the database is away, as soon as it is back."""
        with self._lock:
            self._unheard.add(name)
            for waiting in sorted(self._unheard):
                try:
                    self.calls.call(key_of(waiting), {})
                except StartError:
                    return
                self._unheard.discard(waiting)

    def repeat(self) -> None:
        """Write down what could not be written down before."""
        if self._unheard:
            self.call(min(self._unheard))


@dataclass(slots=True)
class _Look:
    """Looks whether the wall clock jumped, since every next time was reckoned by it."""

    clock: Clock
    ticks: BackgroundScheduler
    _wall: datetime | None = None
    _felt: float = 0.0

    def look(self) -> None:
        """Call everything again after a jump; the pauses begin anew."""
        self.clock.repeat()
        wall, felt = self.clock.now(), monotonic()
        before, self._wall = self._wall, wall
        passed, self._felt = felt - self._felt, felt
        if before is None:
            return
        jump = wall - before - timedelta(seconds=passed)
        if abs(jump) < JUMP:
            return
        self.clock.say(f"the clock jumped by {jump.total_seconds():+.0f} s: everything is due anew")
        for name, when in self.clock.schedule.items():
            self.ticks.reschedule_job(name, trigger=_trigger(when))
        self.clock.call_all()


def _trigger(when: When) -> BaseTrigger:
    if isinstance(when, str):
        return CronTrigger.from_crontab(when, timezone=UTC)
    return IntervalTrigger(seconds=max(1, int(when.total_seconds())), timezone=UTC)
