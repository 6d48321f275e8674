"""The leader: answers calls with passes, one at a time; the other schedulers stand by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Final

from watcher.bootstrap import App
from watcher.domain.errors import StartError
from watcher.ports.store.calls import Call
from watcher.report.times import stamp
from watcher.run.clock import Clock
from watcher.run.condition import Condition
from watcher.run.schedule import scheduled, stages_of
from watcher.services.pass_ import Mood, PassReport, PassRunner, Stage
from watcher.services.work import Stopped

_TICK: Final = 1.0  # seconds between two looks for calls
_STANDBY: Final = 5.0  # seconds between two tries to lead
_MOST: Final = 1000  # calls answered by one pass


@dataclass(frozen=True, slots=True)
class Leader:
    """Leads while it can. Nothing that fails ends it but `stop`."""

    app: App
    runner: PassRunner
    now: Callable[[], datetime]
    say: Callable[[str], None]
    stop: Event
    condition: Condition

    def serve(self) -> None:
        """Lead or stand by until stopped; raises what the database does when it is away."""
        while not self.stop.is_set():
            with self.app.leadership.taken() as holds:
                if holds is None:
                    self.condition.standing_by()
                else:
                    self.condition.leading()
                    self._lead(holds)
            self.stop.wait(_STANDBY)

    def _lead(self, holds: Callable[[], bool]) -> None:
        calls = self.app.calls
        clock = Clock(calls, scheduled(self.app.config), self.now, self.say)
        with clock.ticking():
            while not self.stop.is_set():
                waiting = calls.waiting(_MOST)
                if waiting:
                    self._answer(waiting)
                elif self.stop.wait(_TICK):
                    return
                if not holds():
                    self.say("leads no more: the connection that held the lock was lost")
                    return

    def _answer(self, waiting: list[Call]) -> None:
        """Make the pass that was called for; what it could not answer stays called."""
        stages = stages_of(waiting)
        try:
            if stages:
                self._told(self._pass(stages), stages)
        except Stopped:
            return
        except StartError as error:
            self.condition.failed(str(error))
            self.say(f"no pass: {error}")
            self.stop.wait(_STANDBY)
            return
        self.app.calls.answered(waiting)

    def _pass(self, stages: list[Stage]) -> PassReport:
        now = self.now().replace(microsecond=0)
        last = self.app.views.finished(None)
        at = now if last is None else max(now, last.at)
        if at > now:
            self.say(f"the clock is behind the last pass: this one is recorded at {stamp(at)} too")
        mood = Mood(eager=False, stopping=self.stop.is_set)
        return self.runner.make(at, now, stages, self.app.config.snapshot(), mood)

    def _told(self, report: PassReport, stages: list[Stage]) -> None:
        self.condition.made(report.at)
        seconds = sum(report.seconds.values())
        changes = [
            f"{report.counts[name]} {name.replace('_', ' ')}"
            for name in ("catalogued", "episodes_opened", "episodes_closed", "tickets_created")
            if report.counts[name]
        ]
        done = ", ".join(changes) or "nothing changed"
        self.say(f"pass at {stamp(report.at)} ({' '.join(stages)}): {done}; {seconds:.1f} s")
        for one in report.failures:
            self.say(f"failed: {one.stage}: {one.subject}: {one.error}")
