"""A pass that dies anywhere: the next one finds all that it left undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.databases import Databases
from tests.properties.histories import History, quiet, steps, worlds
from tests.properties.record import bound, last_pass, recomputed, recorded
from tests.properties.stormy import StormyWorld
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.passes import SqlPasses

pytestmark = pytest.mark.slow

# Whatever writes once the listings are recorded, and how often it wrote before: what dies earlier
# has seen nothing.
WRITERS: list[tuple[type, str, int]] = [
    (SqlInventory, "record_tags", 0),
    (SqlInventory, "record_unseen_moves", 0),
    (SqlInventory, "add_manifest", 0),
    (SqlInventory, "revise_streams", 0),
    (SqlPasses, "cover", 1),
    (SqlPasses, "record_failures", 1),
    (SqlCatalogues, "add", 0),
    (SqlCatalogues, "audited", 0),
    (SqlMatches, "record", 0),
    (SqlLedger, "revise", 0),
    (SqlLedger, "folded", 0),
    (SqlPasses, "finish", 0),
]
ECHO = 0.05


class Killed(BaseException):
    """The process is gone."""


def dying(patch: pytest.MonkeyPatch, writer: tuple[type, str, int], more: int) -> None:
    """Let a pass die once something was written for so many times."""
    kind, name, before = writer
    after = before + more
    real: Callable[..., Any] = getattr(kind, name)
    calls = iter(range(after + 1))

    def write(*told: Any, **named: Any) -> Any:  # noqa: ANN401
        done = real(*told, **named)
        if next(calls, None) == after:
            raise Killed
        return done

    patch.setattr(kind, name, write)


@st.composite
def cut_short(draw: st.DrawFn) -> tuple[History, int]:
    """A history in which each pass is repeated, and which of the first ones dies."""
    world = draw(worlds())
    told = draw(steps(world, 4))
    passes = [each for step in told for each in (step, quiet(step, step["at"] + ECHO))]
    return {**world, "passes": passes}, 2 * draw(st.integers(1, len(told) - 1))


@settings(max_examples=max(1, settings().max_examples // 14))
@given(told=cut_short(), writer=st.sampled_from(WRITERS), more=st.integers(0, 2))
def test_a_pass_that_dies_loses_nothing_and_doubles_nothing(
    databases: Databases, told: tuple[History, int], writer: tuple[type, str, int], more: int
) -> None:
    history, dies = told
    with databases() as engine:
        world = StormyWorld(history, engine)
        for step in history["passes"]:
            world.play(step)
        undisturbed, bindings = recorded(engine), bound(engine)
    with databases() as engine:
        world = StormyWorld(history, engine)
        for number, step in enumerate(history["passes"]):
            with pytest.MonkeyPatch.context() as patch:
                if number == dies:
                    dying(patch, writer, more)
                try:
                    world.play(step)
                except Killed:
                    assert last_pass(engine) == number + 1
        assert bound(engine) == bindings
        assert recorded(engine) == recomputed(engine) == undisturbed
