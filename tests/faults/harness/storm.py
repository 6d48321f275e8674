"""The storm: the story played over and over by processes that are killed at any instant."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

from tests.faults.harness.children import in_child, spread
from tests.faults.harness.expected import Expected
from tests.faults.harness.places import Place, Places
from tests.faults.harness.play import Setting, make, opened, times
from tests.faults.harness.remains import read_remains
from tests.faults.harness.soundness import unsound
from tests.faults.story.days import DAYS

_MOST: Final = 4  # kills of one pass, after which it is let alone
_LONGER: Final = 1.2  # times what a pass takes: some end by themselves


@dataclass(frozen=True, slots=True)
class Weathered:
    """One play of the story: passes that were begun, those killed, and what came out wrong."""

    seed: int
    begun: int
    killed: int
    wrong: Sequence[str]


@dataclass(frozen=True, slots=True)
class Storm:
    """Plays in so many lanes; `usual` are the seconds of each pass."""

    places: Places
    setting: Setting
    expected: Expected
    usual: Sequence[float]
    lanes: int

    def plays(self, seeds: Sequence[int]) -> Iterator[Weathered]:
        """A play for each seed, as they end."""
        return spread(seeds, self._played, self.lanes)

    def _played(self, lane: int, seed: int) -> Weathered:
        chance, begun, killed = Random(seed), 0, 0  # noqa: S311 - chance, not a secret
        place = self.places.empty(f"storm{lane}")
        wrong: list[str] = []
        try:
            for number in range(len(DAYS)):
                deaths = self._made_at_last(place, number, chance)
                begun, killed = begun + deaths + 1, killed + deaths
                wrong += in_child(partial(self._compared, place, number)).result()
        finally:
            self.places.drop(place)
        return Weathered(seed, begun, killed, wrong)

    def _made_at_last(self, place: Place, number: int, chance: Random) -> int:
        """Make a pass until it comes to its end; returns how often it was killed."""
        for deaths in range(_MOST):
            within = chance.uniform(0, _LONGER * self.usual[number])
            ended = in_child(partial(self._made, place, number), within)
            if not ended.killed:
                ended.result()
                return deaths
        in_child(partial(self._made, place, number)).result()
        return _MOST

    def _made(self, place: Place, number: int) -> list[str]:
        with opened(place) as engine:
            return [str(one) for one in make(place, engine, self.setting, number).failures]

    def _compared(self, place: Place, number: int) -> list[str]:
        with opened(place) as engine:
            wrong = [
                f"pass {number + 1}: {line}"
                for line in unsound(engine, place.folder, self.expected)
            ]
            remains = read_remains(engine, place.folder, times(number))
            unlike = min((remains.unlike(one) for one in self.expected.after[number]), key=len)
            return [*wrong, *(f"after pass {number + 1}: {line}" for line in unlike)]


def seconds_of(places: Places, setting: Setting) -> list[float]:
    """What each pass takes while nothing happens, its process's start included."""
    place, taken = places.empty("timed"), []
    for number in range(len(DAYS)):
        begun = time.perf_counter()

        def made(number: int = number) -> int:
            with opened(place) as engine:
                return len(make(place, engine, setting, number).failures)

        in_child(made).result()
        taken.append(time.perf_counter() - begun)
    places.drop(place)
    return taken
