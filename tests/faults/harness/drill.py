"""The drill: a story is played undisturbed, and then again with a fault at each of its steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.faults.harness.children import spread
from tests.faults.harness.expected import Expected
from tests.faults.harness.faults import Fault
from tests.faults.harness.places import Place, Places
from tests.faults.harness.play import Setting, make, make_wired, opened, times
from tests.faults.harness.remains import Remains, read_remains
from tests.faults.harness.steps import Step, Trail, When
from tests.faults.harness.trial import Disturbance, Trial
from tests.faults.story.days import DAYS

Faults = Callable[[Step, When], Sequence[Fault]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a disturbance changed that it must not change: nothing, if all is well."""

    disturbance: str
    wrong: Sequence[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Played:
    """The story undisturbed: each place before its pass, what each pass left, what it did."""

    before: Sequence[Place]
    expected: Expected
    trails: Sequence[Trail]

    def disturbances(self, passes: Sequence[int], faults: Faults) -> list[Disturbance]:
        """Every fault at every step of some passes."""
        sides: tuple[When, When] = ("before", "after")
        return [
            Disturbance(fault, number, step, when)
            for number in passes
            for step in self.trails[number].seen
            for when in sides
            if (step.number, when) in self.trails[number].met
            for fault in faults(step, when)
        ]


@dataclass(frozen=True, slots=True)
class Drill:
    """One story, on one kind of database, in so many lanes at once."""

    places: Places
    setting: Setting
    lanes: int

    def undisturbed(self) -> Played:
        """Play the story in this process, so that its forks inherit what is worked out once."""
        place = self.places.empty("undisturbed")
        before: list[Place] = []
        after: list[list[Remains]] = [[] for _ in DAYS]
        trails: list[Trail] = []
        told: set[tuple[str, str]] = set()
        for number in range(len(DAYS)):
            before.append(self.places.copy(place, f"before{number + 1}"))
            trail = Trail(act=_nothing)
            with opened(place) as engine:
                failures = make_wired(place, engine, self.setting, number, trail).failures
                told |= {(one.stage, one.subject) for one in failures}
                after[number].insert(0, read_remains(engine, place.folder, times(number)))
            trails.append(trail)
            for later, remains in self._made_again(place, number):
                after[later].append(remains)
        return Played(before, Expected(after, frozenset(told)), trails)

    def judged(self, played: Played, disturbances: Sequence[Disturbance]) -> Iterator[Verdict]:
        """Play them all; verdicts come as they are found."""

        def judge(lane: int, one: Disturbance) -> Verdict:
            begun = time.perf_counter()
            place = self.places.copy(played.before[one.pass_], f"lane{lane}")
            try:
                wrong = Trial(place, self.setting, one, played.expected).wrong()
            finally:
                self.places.drop(place)
            return Verdict(str(one), wrong, time.perf_counter() - begun)

        return spread(disturbances, judge, self.lanes)

    def _made_again(self, place: Place, number: int) -> Iterator[tuple[int, Remains]]:
        """A pass made twice, and those that follow: what each of them leaves."""
        again = self.places.copy(place, f"again{number + 1}")
        with opened(again) as engine:
            for later in range(number, len(DAYS)):
                make(again, engine, self.setting, later)
                yield later, read_remains(engine, again.folder, times(later))
        self.places.drop(again)


def _nothing(_: object) -> None:
    pass
