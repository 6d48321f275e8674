"""What a release recorded is told by this one as that release told it, and goes on from there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.fakes.progress import Silent
from tests.integration.upgrades.kept import RELEASES, lay_out_on
from tests.integration.upgrades.recipe import HISTORY, MOMENTS, SAID, told
from tests.timelines.world import World, database, moment
from watcher.adapters.store.migrate import upgrade
from watcher.adapters.store.recount import SqlRecount
from watcher.adapters.store.schema import state
from watcher.services.rebuild import rebuild

Opening = Callable[[str], Engine]

LATER = [
    {"at": 14, "knowledge": {"effective": 13.5, "matches": {"p1": [], "p3": ["V2", "V5"]}}},
    {"at": 15, "tags": {"api": "D", "new": "C"}},
]


@pytest.fixture(params=RELEASES)
def upgraded(
    request: pytest.FixtureRequest, empty_url: str, opening: Opening, tmp_path: Path
) -> Engine:
    """A database of an earlier release, brought to this one's schema."""
    engine = opening(empty_url)
    lay_out_on(request.param, engine, tmp_path / "left.db")
    assert state(engine).current == request.param
    upgrade(engine)
    return engine


def test_there_is_a_database_of_each_release() -> None:
    assert RELEASES[:8] == ["0001", "0002", "0003", "0004", "0006", "0007", "0009", "0010"]


def test_the_history_itself_is_told_as_ever(tmp_path: Path) -> None:
    world = World(HISTORY, database(tmp_path))
    for happened in HISTORY["passes"]:
        world.play(happened)
    assert told(world) == SAID
    world.engine.dispose()


def test_an_upgrade_leaves_every_figure_of_every_pass_as_it_was(upgraded: Engine) -> None:
    assert told(World(HISTORY, upgraded)) == SAID


def test_the_ledger_of_an_upgraded_database_is_what_its_facts_say(upgraded: Engine) -> None:
    found = rebuild(SqlRecount(upgraded), MOMENTS[-1], Silent())
    assert found.episodes
    assert found.differences == []


def test_an_upgraded_database_goes_on_as_one_that_never_was_old(
    upgraded: Engine, tmp_path: Path
) -> None:
    (tmp_path / "fresh").mkdir()
    fresh = database(tmp_path / "fresh")
    assert went_on(upgraded, played=False) == went_on(fresh, played=True)
    fresh.dispose()


def went_on(engine: Engine, *, played: bool) -> list[Any]:
    """Two passes more, and the windows after them."""
    world = World(HISTORY, engine)
    for happened in HISTORY["passes"]:
        if played:
            world.play(happened)
        else:
            world._show_tags(happened)
            world._learn(happened, moment(happened["at"]))
    for happened in LATER:
        world.play({"tags": HISTORY["passes"][-1]["tags"], **happened})
    windows = world.exposures(moment(15))["windows"]
    return sorted([{**window, "id": None} for window in windows], key=str)
