"""A process killed on the spot at any step: whoever comes next leaves what nobody had disturbed.

`make test` kills at each step that makes a difference to whoever comes next, over fakes that sign
the contract suites, and at some with real parts; `make faults` at every step with real parts.
"""

from __future__ import annotations

import random

import pytest

from tests.faults.conftest import WHOLE, Grounds
from tests.faults.harness.faults import deaths, deaths_everywhere
from tests.faults.story.days import DAYS

pytestmark = [pytest.mark.servers, pytest.mark.timeout(0 if WHOLE else 3600)]

PASSES = range(len(DAYS))
SOME = 20  # points with real parts
PLAYS = 80 if WHOLE else 4


def test_the_story_writes_at_every_kind_of_step(imagined: Grounds) -> None:
    kinds = {step.kind for trail in imagined.played.trails for step in trail.seen}
    assert kinds == {"commit", "file", "registry", "artifacts", "scanner"}


def test_a_death_between_any_two_steps_of_four_passes_loses_and_doubles_nothing(
    imagined: Grounds,
) -> None:
    kill = deaths_everywhere if WHOLE else deaths
    assert imagined.judged(imagined.played.disturbances(PASSES, kill)) == []


def test_a_death_with_real_parts_loses_and_doubles_nothing(real: Grounds) -> None:
    points = real.played.disturbances(PASSES, deaths_everywhere)
    chosen = points if WHOLE else random.SystemRandom().sample(points, SOME)
    assert real.judged(chosen) == []


def test_passes_killed_at_random_instants_lose_and_double_nothing(real: Grounds) -> None:
    plays = real.weathered(PLAYS)
    assert [one for one in plays if one.wrong] == []
    assert sum(one.killed for one in plays) >= PLAYS  # else nothing was shown
