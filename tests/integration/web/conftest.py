"""A small fleet's record, and the web over it on a free port of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.integration.store_views.conftest import Fleet, day
from tests.integration.web.browser import Browser
from tests.integration.web.streams import CONFIGURATION, small_fleet
from tests.servers.sqlite import copy_database
from watcher.adapters.store.engine import open_engine
from watcher.bootstrap import App, build
from watcher.config import load
from watcher.web.application import make_application
from watcher.web.server import serving

Opening = Callable[[Path], AbstractContextManager[tuple[Browser, App]]]
NOON = day(12.5)


def configured(database: Path) -> Path:
    """A configuration over a database, beside it."""
    file = database.with_suffix(".yaml")
    file.write_text(CONFIGURATION.format(database=database, folder=database.parent))
    return file


@contextmanager
def browsing(database: Path) -> Iterator[tuple[Browser, App]]:
    """The web over a database, with whatever asks it, and the watcher behind it."""
    with (
        build(load(configured(database), {})) as app,
        serving(make_application(app, lambda: NOON), "127.0.0.1", 0) as address,
    ):
        yield Browser(address), app


@pytest.fixture(scope="session")
def small_record(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """The record of the small fleet; nobody may write to it."""
    database = tmp_path_factory.mktemp("small") / "watcher.db"
    copy_database(sqlite_template, database)
    engine = open_engine(f"sqlite:///{database}")
    small_fleet(Fleet(engine))
    engine.dispose()
    return database


@pytest.fixture(scope="session")
def _served(small_record: Path) -> Iterator[tuple[Browser, App]]:
    with browsing(small_record) as both:
        yield both


@pytest.fixture
def web(_served: tuple[Browser, App]) -> Browser:
    """The web over the small fleet."""
    return _served[0]


@pytest.fixture
def app(_served: tuple[Browser, App]) -> App:
    """The watcher behind the web."""
    return _served[1]


@pytest.fixture
def opened() -> Opening:
    """Opens the web over a database of one's own."""
    return browsing
