"""Both databases tell the same of every history of `timelines.yaml`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.timelines.test_timelines import HISTORIES
from tests.timelines.world import Document, World, moment

Opening = Callable[[str], Engine]
pytestmark = pytest.mark.servers


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: str(history["name"]))
def test_both_databases_tell_the_same_of_a_history(
    history: dict[str, Any], sqlite_url: str, postgresql_url: str, opening: Opening
) -> None:
    there, here = told(history, opening(postgresql_url)), told(history, opening(sqlite_url))
    assert there == here


def told(history: dict[str, Any], engine: Engine) -> list[Document]:
    """The exposures documents as of every pass, numbers of windows aside, when all is over."""
    world = World(history, engine)
    for happened in history["passes"]:
        world.play(happened)
    documents = [world.exposures(moment(happened["at"])) for happened in history["passes"]]
    for document in documents:
        for window in document["windows"]:
            del window["id"]
    return documents
