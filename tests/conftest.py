"""What any suite may ask for: databases of both kinds, fresh for each test, and a real browser.

Files of tests are spread over as many processes as there are cores, each with servers of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from tests.servers.browser import browser
from tests.servers.postgres import Postgres, postgres
from tests.servers.sqlite import copy_database
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.migrate import upgrade


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """The one PostgreSQL of the session, started by the first test that asks for it."""
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """The name of a database with our schema and nothing in it."""
    name = postgres_server.create()
    _migrate(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with our schema and nothing in it."""
    path = tmp_path_factory.mktemp("template") / "watcher.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def backend(request: pytest.FixtureRequest) -> str:
    """The name of either backend: whatever asks for one is run on both."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest) -> str:
    """The address of a fresh database with our schema, on either backend."""
    url: str = request.getfixturevalue(f"{backend}_url")
    return url


@pytest.fixture
def other_url(backend: str, request: pytest.FixtureRequest) -> str:
    """The address of a second database like the first."""
    url: str = request.getfixturevalue(f"other_{backend}_url")
    return url


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest) -> str:
    """The address of a fresh database without any schema, on either backend."""
    url: str = request.getfixturevalue(f"empty_{backend}_url")
    return url


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    path = tmp_path / "watcher.db"
    copy_database(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    name = postgres_server.create(postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def other_sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    copy_database(sqlite_template, tmp_path / "other.db")
    return f"sqlite:///{tmp_path / 'other.db'}"


@pytest.fixture
def other_postgresql_url(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    name = postgres_server.create(postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def empty_postgresql_url(postgres_server: Postgres) -> Iterator[str]:
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def opening() -> Iterator[Callable[[str], Engine]]:
    """Opens databases as watcher does; they are closed behind the test."""
    opened: list[Engine] = []

    def open_one(url: str) -> Engine:
        opened.append(open_engine(url))
        return opened[-1]

    yield open_one
    for one in opened:
        one.dispose()


@pytest.fixture
def engine(database_url: str, opening: Callable[[str], Engine]) -> Engine:
    """A fresh database with our schema, opened, on either backend."""
    return opening(database_url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of the session; where there is none, whoever asks for it fails."""
    with browser() as started:
        yield started


def _migrate(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
