"""Playing the story's passes in a place, with or without somebody counting the steps."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import Engine

from tests.faults.harness.places import Place
from tests.faults.harness.steps import Kind, Trail
from tests.faults.harness.wires import Wired, wired_commits, wired_files
from tests.faults.story.days import DAYS, Day
from tests.faults.story.world import Outside, World
from watcher.adapters.store.engine import open_engine
from watcher.domain.errors import StartError
from watcher.services.pass_ import PassReport

_PATIENCE: Final = 20.0  # seconds in which a server notices that a client is dead
_POLL: Final = 0.01

Setting = Callable[[Day, Path], Outside]


@dataclass(slots=True)
class _Warmth:
    """An engine whose dialect and compiled statements later ones take over.

    Forks inherit them, so that no process compiles what another one has: half of their time.
    """

    engine: Engine | None = None

    def give(self, engine: Engine) -> None:
        if self.engine is not None and self.engine.name == engine.name:
            engine.dialect = self.engine.dialect
            engine._compiled_cache = self.engine._compiled_cache
        self.engine = engine


_WARMTH: Final = _Warmth()


@contextmanager
def opened(place: Place) -> Iterator[Engine]:
    """The database of a place, for the length of a block."""
    engine = open_engine(place.url)
    _WARMTH.give(engine)
    # Whoever is killed loses nothing that was written, synced or not.
    with patch.object(os, "fsync", lambda _: None):
        yield engine
    engine.dispose()


def times(number: int) -> Sequence[datetime]:
    """The times of the passes up to one of them; passes are counted from 0."""
    return [day.at for day in DAYS[: number + 1]]


def make(place: Place, engine: Engine, setting: Setting, number: int) -> PassReport:
    """Make a pass; waits for the lock of one that died to go with it."""
    begun = time.monotonic()
    while True:
        try:
            return World(place.folder, engine, setting).make(DAYS[number])
        except StartError as error:
            if "another pass is running" not in str(error) or _late(begun):
                raise
            time.sleep(_POLL)


def make_wired(
    place: Place, engine: Engine, setting: Setting, number: int, trail: Trail
) -> PassReport:
    """Make a pass of which every step leaves a trace."""

    def wrap(kind: Kind, part: Any) -> Any:  # noqa: ANN401 - whatever part it is
        return Wired(trail, kind, part)

    with wired_commits(trail, engine), wired_files(trail, place.folder):
        return World(place.folder, engine, setting, wrap).make(DAYS[number])


def _late(begun: float) -> bool:
    return time.monotonic() - begun > _PATIENCE
