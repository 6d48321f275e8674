"""The season, played once on real servers and looked at by every test of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.acceptance.season.played import NOON, START, Season, play
from tests.fakes.progress import Silent
from watcher.demo.run import Demo


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    folder = tmp_path_factory.mktemp("season")
    demo = Demo(folder, START, lambda: NOON, Silent(), dict(os.environ))
    with ExitStack() as stack:
        yield play(demo, stack)
