"""Failures, and what they leave behind once they are over: nothing, where nothing moved."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.databases import Databases
from tests.properties.histories import (
    ALIKE,
    PACKAGES,
    History,
    Step,
    every_tag_shown,
    histories,
    quiet,
    renamed,
    steps,
    storms,
    worlds,
)
from tests.properties.record import Ledger, Place, recorded
from tests.properties.stormy import StormyWorld
from tests.timelines.world import moment

pytestmark = pytest.mark.slow

FEW = settings(max_examples=max(1, settings().max_examples // 16))
ECHO = 0.05  # days after a pass, and less than any gap between two
LATER = ("uncatalogued", "unresolved", "match")  # made up for while nothing moves
LATEST = datetime.max.replace(tzinfo=moment(0).tzinfo)

Window = tuple[datetime, datetime]


def ledger(databases: Databases, history: History) -> Ledger:
    with databases() as engine:
        world = StormyWorld(history, engine)
        for step in history["passes"]:
            world.play(step)
        return recorded(engine)


@st.composite
def with_echoes(draw: st.DrawFn) -> tuple[History, History]:
    """A history in which each pass is repeated twice, and the same with failures made up for."""
    world = draw(worlds())
    calm: list[Step] = []
    stormy: list[Step] = []
    for number, step in enumerate(draw(steps(world, 5))):
        echoes = [quiet(step, step["at"] + ECHO), quiet(step, step["at"] + 2 * ECHO)]
        calm += [step, *echoes]
        if not number:
            stormy += [step, *echoes]
            continue
        failing = draw(storms(world, step))
        later = {key: failing[key] for key in LATER if key in failing}
        echo = {**draw(storms(world, echoes[0])), "include": ["**"]}
        stormy += [{**step, **later}, echo, echoes[1]]
    return {**world, "passes": calm}, {**world, "passes": stormy}


@FEW
@given(told=with_echoes())
def test_failures_made_up_for_while_nothing_moves_leave_no_trace(
    databases: Databases, told: tuple[History, History]
) -> None:
    calm, stormy = told
    assert ledger(databases, stormy) == ledger(databases, calm)


@st.composite
def with_outages(draw: st.DrawFn) -> tuple[History, History, list[Window]]:
    """A history, the same with listings that failed, and the times nobody looked over."""
    world = {**draw(worlds()), "published": {}}
    first, *others = draw(steps(world, 7))
    first = every_tag_shown(first, world)
    down = [step for step in others if draw(st.booleans())]
    last = quiet(others[-1], others[-1]["at"] + 1)
    calm = [first, *others, last]
    stormy = [{**step, "tags": "failed"} if step in down else step for step in calm]
    seen = [step["at"] for step in calm if step not in down]
    windows = [
        (moment(before), moment(after))
        for before, after in pairwise(seen)
        if any(before < step["at"] < after for step in down)
    ]
    return {**world, "passes": calm}, {**world, "passes": stormy}, windows


@FEW
@given(told=with_outages())
def test_what_moved_while_nobody_could_look_differs_only_in_that_time(
    databases: Databases, told: tuple[History, History, list[Window]]
) -> None:
    calm, stormy, windows = told
    undisturbed, disturbed = ledger(databases, calm), ledger(databases, stormy)
    for place in undisturbed.keys() | disturbed.keys():
        for stretch in differences(place, undisturbed, disturbed):
            assert any(since <= stretch[0] and stretch[1] <= until for since, until in windows)
        assert causes(place, undisturbed, windows) == causes(place, disturbed, windows)


def differences(place: Place, one: Ledger, other: Ledger) -> list[Window]:
    """The times over which only one ledger has an exposure."""
    stretches = [
        [(each.start, each.end or LATEST) for each in ledger.get(place, ())]
        for ledger in (one, other)
    ]
    bounds = sorted({bound for told in stretches for pair in told for bound in pair})
    return [
        (since, until)
        for since, until in pairwise(bounds)
        if len({any(a <= since and until <= b for a, b in told) for told in stretches}) > 1
    ]


def causes(place: Place, ledger: Ledger, windows: list[Window]) -> list[tuple[Any, ...]]:
    """Ends, with their causes, at times that somebody looked over."""
    return [
        (one.end, one.cause)
        for one in ledger.get(place, ())
        if one.end and not any(since <= one.end <= until for since, until in windows)
    ]


@FEW
@given(history=histories(), data=st.data())
def test_the_order_of_tags_images_packages_and_vulnerabilities_does_not_matter(
    databases: Databases, history: History, data: st.DataObject
) -> None:
    tags = [] if history["streams"] else ["t", "u"]
    names = {
        name: other
        for kind in (PACKAGES, *ALIKE, list(history["images"]), tags)
        for name, other in zip(kind, data.draw(st.permutations(kind)), strict=True)
    }
    told = ledger(databases, history)
    again = ledger(databases, renamed(history, names))
    assert again == {
        (_stream(stream, names), platform, names.get(vulnerability, vulnerability)): written
        for (stream, platform, vulnerability), written in told.items()
    }


def _stream(stream: str, names: dict[str, str]) -> str:
    return " ".join(names.get(part, part) for part in stream.split())
