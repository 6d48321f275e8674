"""What must hold of the ledger whatever happened: played through the real stages on SQLite."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.fakes.progress import Silent
from tests.properties.databases import Databases
from tests.properties.histories import History, Step, histories, quiet
from tests.properties.record import (
    Ledger,
    bound,
    last_pass,
    recomputed,
    recorded,
    rows,
    written,
)
from tests.properties.stormy import StormyWorld
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.recount import SqlRecount
from watcher.ports.store.exposures import ReadWindow, WindowFilter
from watcher.services.rebuild import rebuild

pytestmark = pytest.mark.slow

EXAMPLES = settings().max_examples


def windows(engine: Engine, upto: int) -> list[ReadWindow]:
    return list(SqlExposures(engine).windows(WindowFilter(), upto))


def read(engine: Engine, upto: int) -> Ledger:
    """The ledger as users read it."""
    return {
        (f"{one.repository.path} {one.stream}", one.track.platform, one.vulnerability): [
            written(each.episode) for each in one.episodes
        ]
        for one in windows(engine, upto)
    }


def bindings_never_overlap(engine: Engine) -> None:
    for members in bound(engine).values():
        for one, following in pairwise(members):
            assert one.end is not None
            assert one.start < one.end <= following.start


def only_a_changed_binding_remediates(engine: Engine) -> None:
    bindings = bound(engine)
    for (stream, platform, _), episodes in recorded(engine).items():
        known = [each for each in bindings[stream, platform] if each.image is not None]
        for end in [one.end for one in episodes if one.end and one.cause == "remediated"]:
            before = [each for each in known if each.start < end]
            (after,) = [each for each in known if each.start == end]
            assert after.image != before[-1].image


@settings(max_examples=max(1, EXAMPLES // 8))
@given(history=histories())
def test_whatever_happens_the_ledger_is_what_all_facts_say(
    databases: Databases, history: History
) -> None:
    """Every pass folds what is new; all facts folded at once, and read at once, give the same."""
    with databases() as engine:
        world = StormyWorld(history, engine)
        then: dict[int, list[ReadWindow]] = {}
        for step in history["passes"]:
            world.play(step)
            upto = last_pass(engine)
            assert recorded(engine) == recomputed(engine) == read(engine, upto)
            bindings_never_overlap(engine)
            only_a_changed_binding_remediates(engine)
            then[upto] = windows(engine, upto)
            assert rebuild(SqlRecount(engine), None, Silent()).differences == []
        # What was known at a pass reads the same ever after.
        assert {upto: windows(engine, upto) for upto in then} == then


@settings(max_examples=max(1, EXAMPLES // 12))
@given(history=histories(), later=st.sampled_from([0, 0.25, 3]))
def test_a_pass_that_finds_nothing_new_or_nothing_at_all_changes_nothing(
    databases: Databases, history: History, later: float
) -> None:
    with databases() as engine:
        world = StormyWorld(history, engine)
        last: Step = {}
        for last in history["passes"]:
            world.play(last)
        world.play(quiet(last, last["at"] + 1))
        settled, at = rows(engine), last["at"] + 1 + later
        world.play(quiet(last, at))
        assert rows(engine) == settled
        dark = {"tags": "failed", "knowledge": "failed", "match": "failed"}
        world.play({**quiet(last, at + later), **dark})
        assert rows(engine) == settled
        world.play(quiet(last, at + 2 * later))
        assert rows(engine) == settled
