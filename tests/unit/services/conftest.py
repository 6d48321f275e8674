"""A world of two images for stages that are played together, on SQLite."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.properties.stormy import StormyWorld

HISTORY = {
    "images": {"A": {"packages": ["p1"], "created": -20}, "B": {"packages": ["p2"]}},
    "passes": [],
}


@pytest.fixture
def world(sqlite_url: str, opening: Callable[[str], Engine]) -> StormyWorld:
    """Nothing happened in it yet."""
    return StormyWorld(HISTORY, opening(sqlite_url))
