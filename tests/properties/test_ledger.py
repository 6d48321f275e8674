"""What must hold of the ledger whatever happened: played through the real stages on SQLite."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

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
from watcher.ports.store.exposures import ReadWindow, WindowFilter

pytestmark = pytest.mark.slow

FEW = settings(max_examples=max(1, settings().max_examples // 5))


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


@FEW
@given(history=histories())
def test_the_ledger_is_what_all_facts_say_at_once(databases: Databases, history: History) -> None:
    with databases() as engine:
        world = StormyWorld(history, engine)
        for step in history["passes"]:
            world.play(step)
            ledger = recorded(engine)
            assert ledger == recomputed(engine)
            assert ledger == read(engine, last_pass(engine))


@FEW
@given(history=histories())
def test_what_was_known_at_a_pass_reads_the_same_ever_after(
    databases: Databases, history: History
) -> None:
    with databases() as engine:
        world = StormyWorld(history, engine)
        then: dict[int, list[ReadWindow]] = {}
        for step in history["passes"]:
            world.play(step)
            then[last_pass(engine)] = windows(engine, last_pass(engine))
        assert {upto: windows(engine, upto) for upto in then} == then


@FEW
@given(history=histories())
def test_only_a_changed_binding_remediates(databases: Databases, history: History) -> None:
    with databases() as engine:
        world = StormyWorld(history, engine)
        for step in history["passes"]:
            world.play(step)
        bindings = bound(engine)
        for (stream, platform, _), episodes in recorded(engine).items():
            for one in episodes:
                if one.cause == "remediated":
                    known = [b for b in bindings[stream, platform] if b.image is not None]
                    before = [b for b in known if one.end and b.start < one.end]
                    after = [b for b in known if b.start == one.end]
                    assert len(after) == 1
                    assert after[0].image != before[-1].image


@FEW
@given(history=histories())
def test_bindings_of_a_stream_never_overlap(databases: Databases, history: History) -> None:
    with databases() as engine:
        world = StormyWorld(history, engine)
        for step in history["passes"]:
            world.play(step)
            for members in bound(engine).values():
                for one, following in pairwise(members):
                    assert one.end is not None
                    assert one.start < one.end <= following.start


@FEW
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
