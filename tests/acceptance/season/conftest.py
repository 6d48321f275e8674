"""The season, played once on real servers and looked at by every test of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.acceptance.season.played import NOON, START, Season, play
from tests.fakes.progress import Silent
from watcher.bootstrap import build
from watcher.config import load
from watcher.demo.run import Demo
from watcher.web.application import make_application
from watcher.web.server import serving


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    folder = tmp_path_factory.mktemp("season")
    demo = Demo(folder, START, lambda: NOON, Silent(), dict(os.environ))
    with ExitStack() as stack:
        yield play(demo, stack)


@pytest.fixture(scope="session")
def web(season: Season) -> Iterator[str]:
    """The address of the web over the season's record."""
    configuration = load(season.demo.configuration, season.demo.environment)
    with (
        build(configuration) as app,
        serving(make_application(app, lambda: NOON), "127.0.0.1", 0) as address,
    ):
        yield address
