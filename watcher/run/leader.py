"""The leader: answers calls with passes, one at a time; the other schedulers stand by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Final

from watcher.bootstrap import App
from watcher.domain.errors import StartError
from watcher.domain.places import Places
from watcher.domain.reference import Repository
from watcher.ports.store.calls import Call
from watcher.ports.store.passes import Failure
from watcher.reading.digest import Digests
from watcher.report.times import stamp
from watcher.run.clock import Clock
from watcher.run.condition import Condition
from watcher.run.patience import Patience
from watcher.run.schedule import DIGEST, key_of, places_of, scheduled, stages_of
from watcher.services.about import about
from watcher.services.pass_ import Mood, PassReport, PassRunner, Stage
from watcher.services.work import Stopped

_TICK: Final = 1.0  # seconds between two looks for calls
_STANDBY: Final = 5.0  # seconds between two tries to lead
_MOST: Final = 1000  # calls answered by one pass
_NAMED: Final = 3  # places that a line of the log names


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
        patience = Patience()
        with clock.ticking():
            while not self.stop.is_set():
                ripe = patience.ripe(calls.waiting(_MOST))
                if ripe:
                    self._answer(ripe, patience)
                elif self.stop.wait(_TICK):
                    return
                if not holds():
                    self.say("leads no more: the connection that held the lock was lost")
                    return

    def _answer(self, calls: list[Call], patience: Patience) -> None:
        """Make the pass that was called for; what it could not answer stays called."""
        stages, places = stages_of(calls), places_of(calls)
        failures: list[Failure] = []
        try:
            self._digests(calls)
            if stages:
                report = self._pass(stages, places)
                with about(pass_number=report.number or 0):
                    self._told(report, stages, places)
                failures = report.failures
        except Stopped:
            return
        except StartError as error:
            self.condition.failed(str(error))
            self.say(f"no pass: {error}")
            self.stop.wait(_STANDBY)
            return
        # What a listing of everything failed at is left to the next one.
        again = patience.failed(calls, failures) if places else set()
        self.app.calls.answered([one for one in calls if one.key not in again])

    def _digests(self, calls: list[Call]) -> None:
        """Send the digests that are due; whatever comes of it, passes go on."""
        if all(one.key != key_of(DIGEST) for one in calls):
            return
        try:
            for told in Digests(self.app, self.now).send():
                self.say(told.line)
        except Exception as error:  # noqa: BLE001 - a digest is no reason to make no pass
            self.say(f"no digest: {type(error).__name__}: {' '.join(str(error).split())[:300]}")

    def _pass(self, stages: list[Stage], places: Places | None) -> PassReport:
        now = self.now().replace(microsecond=0)
        last = self.app.views.finished(None)
        at = now if last is None else max(now, last.at)
        if at > now:
            self.say(f"the clock is behind the last pass: this one is recorded at {stamp(at)} too")
        mood = Mood(eager=False, stopping=self.stop.is_set)
        runner = self.runner.at_places(places)
        return runner.make(at, now, stages, self.app.config.snapshot(), mood)

    def _told(self, report: PassReport, stages: list[Stage], places: Places | None) -> None:
        self.condition.made(report.at, stages, report.failures)
        seconds = sum(report.seconds.values())
        changes = [
            f"{report.counts[name]} {name.replace('_', ' ')}"
            for name in ("catalogued", "episodes_opened", "episodes_closed", "tickets_created")
            if report.counts[name]
        ]
        done = ", ".join(changes) or "nothing changed"
        why = f" for hooks about {shortened(places)}" if places else ""
        self.say(f"pass at {stamp(report.at)} ({' '.join(stages)}){why}: {done}; {seconds:.1f} s")
        for one in report.failures:
            self.say(f"failed: {one.stage}: {one.subject}: {one.error}")
        for note in report.notes:
            self.say(f"note: {note.stage}: {note.subject}: {note.text}")


def shortened(places: Places) -> str:
    """Places as a line may hold them: the first ones, and how many more there are."""
    names = [one if isinstance(one, Repository) else f"all of {one}" for one in places]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(map(str, names[:_NAMED])) + more
