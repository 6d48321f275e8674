"""A trial: one fault, what it broke at once, and what is left of it once all is well again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine

from tests.faults.harness.children import in_child
from tests.faults.harness.expected import Expected
from tests.faults.harness.faults import KILLED, Fault
from tests.faults.harness.places import Place
from tests.faults.harness.play import Setting, make, make_wired, opened, times
from tests.faults.harness.remains import exposures_of, read_remains, unlike
from tests.faults.harness.soundness import unsound
from tests.faults.harness.steps import Step, Trail, When
from tests.faults.story.days import DAYS
from watcher.domain.errors import WatcherError

_PATIENCE: Final = 120.0  # seconds in which all is made good
_SAMPLE: Final = 8  # one of so many like recoveries is followed to the story's end


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A fault at one side of one step of one pass; passes are counted from 0."""

    fault: Fault
    pass_: int
    step: Step
    when: When

    def __str__(self) -> str:
        return f"{self.fault.name} {self.when} {self.step} of pass {self.pass_ + 1}"

    @property
    def trail(self) -> Trail:
        """A trail with the fault on it."""
        return Trail((self.step, self.when), self.fault.act)


@dataclass(frozen=True, slots=True)
class Trial:
    """A disturbance in a place of its own, and what the story leaves without it."""

    place: Place
    setting: Setting
    disturbance: Disturbance
    expected: Expected

    def wrong(self) -> list[str]:
        """Whatever is not as it must be, a line each."""
        work = self._healed
        if self.disturbance.fault is KILLED:
            ended = in_child(self._disturbed)
            if not ended.killed:
                return [f"did not die: {ended.raised or ended.given}"]
            work = self._revived
        ended_well = in_child(work, _PATIENCE)
        if ended_well.killed:
            return [f"came to no end within {_PATIENCE:.0f} s"]
        return ended_well.given if ended_well.given is not None else [str(ended_well.raised)]

    def _disturbed(self) -> str:
        one = self.disturbance
        with opened(self.place) as engine:
            report = make_wired(self.place, engine, self.setting, one.pass_, one.trail)
            return f"the pass came to its end, failures: {report.failures}"

    def _revived(self) -> list[str]:
        with opened(self.place) as engine:
            return [*self._seen_meanwhile(engine), *self._made_good(engine, facts=True)]

    def _healed(self) -> list[str]:
        """Let a pass fail and make it again."""
        number, wrong = self.disturbance.pass_, []
        with opened(self.place) as engine:
            try:
                self._disturbed()
            except WatcherError as error:
                wrong += [] if "\n" not in str(error) else [f"not one line: {error}"]
            wrong += self._seen_meanwhile(engine)
            now = read_remains(engine, self.place.folder, ())
            ended = now.ended - self.expected.after[number][0].ended
            wrong += [f"ended by a failure: {one}" for one in ended]
            # A pass that failed saw the world once more, under another database perhaps: that
            # stays among the facts, and changes nothing of what follows from them.
            return [*wrong, *self._made_good(engine, facts=False)]

    def _seen_meanwhile(self, engine: Engine) -> list[str]:
        """Nothing that was said of earlier times changes by a pass that did not come to its end."""
        number = self.disturbance.pass_
        told = exposures_of(engine, times(number - 1))
        before = self.expected.after[number - 1][0].shown if number else {}
        same = {name: text for name, text in before.items() if name in told}
        return [f"meanwhile, {line}" for line in unlike(told, same)]

    def _made_good(self, engine: Engine, *, facts: bool) -> list[str]:
        """Make the pass again; then the rest of the story, though not after each like recovery."""
        wrong: list[str] = []
        for number in range(self.disturbance.pass_, len(DAYS)):
            report = make(self.place, engine, self.setting, number)
            failures = self.expected.untold(report.failures)
            wrong += [f"pass {number + 1}, made again: {one}" for one in failures]
            flaws = unsound(engine, self.place.folder, self.expected)
            wrong += [f"pass {number + 1}: {line}" for line in flaws]
            remains = read_remains(engine, self.place.folder, times(number))
            unlike = [remains.unlike(one, facts=facts) for one in self.expected.after[number]]
            wrong += [f"after pass {number + 1}: {line}" for line in min(unlike, key=len)]
            # The same record has the same future: a sample shows that.
            same = facts or not remains.unlike(self.expected.after[number][0])
            if same and not unlike[0] and self.disturbance.step.number % _SAMPLE:
                break
        return wrong
