"""Hooks: whatever is looked at, when, how often and in whatever order, the ledger is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.databases import Databases
from tests.properties.histories import TAGS, History, Step, often, seldom, steps, worlds
from tests.properties.record import Ledger, recomputed, recorded
from tests.properties.stormy import StormyWorld

pytestmark = pytest.mark.slow

FEW = settings(max_examples=max(1, settings().max_examples // 8))
SOON = 0.05  # days, and less than any gap between two passes


def ledger(databases: Databases, history: History) -> Ledger:
    with databases() as engine:
        world = StormyWorld(history, engine)
        for step in history["passes"]:
            world.play(step)
        assert recomputed(engine) == recorded(engine)
        return recorded(engine)


@st.composite
def looks(draw: st.DrawFn, world: History, step: Step, at: float) -> list[Step]:
    """Passes for hooks, while the registry holds what it does at a step; some of them fail."""
    tags = TAGS[world["streams"]]
    places = ["shared"] if world["streams"] else tags
    made: list[Step] = []
    for _ in range(draw(st.integers(0, 3))):
        named = st.lists(st.sampled_from([*places, "none", "*"]), min_size=1, max_size=3)
        trouble: dict[str, Any] = {}
        if draw(seldom):
            trouble["unlisted"] = [draw(st.sampled_from(places))]
        if draw(seldom):
            trouble["broken"] = [draw(st.sampled_from(tags))]
        if draw(seldom):
            trouble["tags"] = "failed"
        shown = {"truth": step["truth"], "tags": step["truth"], "pushed": step["pushed"]}
        made.append({"at": at, **shown, "look": draw(named), **trouble})
    return made


@st.composite
def with_hooks(draw: st.DrawFn) -> tuple[History, History]:
    """A history of passes, and the same with looks at the times of those.

    Knowledge comes just before tags move: a look then sees what the pass after it would.
    """
    world = draw(worlds())
    alone: list[Step] = []
    hooked: list[Step] = []
    for step in draw(steps(world, 5)):
        before = hooked[-1] if hooked else {"truth": {}, "pushed": {}}
        shown = {"truth": before["truth"], "tags": before["truth"], "pushed": before["pushed"]}
        learning = {**step, **shown}
        moving = {key: told for key, told in step.items() if key not in {"knowledge", "trivy"}}
        moving["at"] = step["at"] + SOON
        alone += [learning, moving]
        early = draw(looks(world, moving, moving["at"]))
        late = draw(looks(world, moving, moving["at"]))
        hooked += [learning, *early, moving, *late]
    return {**world, "passes": alone}, {**world, "passes": hooked}


@FEW
@given(told=with_hooks())
def test_passes_with_hooks_leave_the_ledger_that_passes_alone_do(
    databases: Databases, told: tuple[History, History]
) -> None:
    alone, hooked = told
    assert ledger(databases, hooked) == ledger(databases, alone)


@st.composite
def with_hooks_between(draw: st.DrawFn) -> tuple[History, History]:
    """A history whose registry knows no push times, and the same with looks between its passes."""
    world = draw(worlds())
    alone = [{**step, "pushed": {}} for step in draw(steps(world, 5))]
    hooked: list[Step] = []
    for step in alone:
        hooked.append(step)
        if draw(often):
            hooked += draw(looks(world, step, step["at"] + SOON))
    return {**world, "passes": alone}, {**world, "passes": hooked}


@FEW
@given(told=with_hooks_between())
def test_looks_at_what_stands_still_change_nothing_but_how_exactly_the_next_move_is_dated(
    databases: Databases, told: tuple[History, History]
) -> None:
    alone, hooked = (undated(ledger(databases, history)) for history in told)
    assert hooked == alone


def undated(found: Ledger) -> Ledger:
    """A ledger without how far back its uncertain bounds reach."""
    return {
        place: [replace(one, start_not_before=None, end_not_before=None) for one in members]
        for place, members in found.items()
    }
