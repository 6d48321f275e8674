"""The trackers that sign the contract suite, one fixture for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.contract.tracker.subjects import boards
from tests.contract.tracker.subjects.boards import BoardSubject
from tests.contract.tracker.subjects.fake import FakeSubject
from tests.contract.tracker.subjects.folder import FolderSubject
from tests.contract.tracker.subjects.gitea import GiteaSubject
from tests.contract.tracker.subjects.place import PlaceSubject
from tests.contract.tracker.subjects.subject import Subject
from tests.servers.gitea import Gitea, gitea
from tests.servers.postgres import Postgres


def _fake(_: pytest.FixtureRequest) -> Subject:
    return FakeSubject()


def _folder(request: pytest.FixtureRequest) -> Subject:
    folder: Path = request.getfixturevalue("tmp_path")
    return FolderSubject(folder / "tickets")


def _gitea(request: pytest.FixtureRequest) -> Subject:
    server: Gitea = request.getfixturevalue("gitea_server")
    return GiteaSubject(server)


def _board(make: Callable[[ExitStack], Subject], request: pytest.FixtureRequest) -> Subject:
    stack: ExitStack = request.getfixturevalue("stack")
    return make(stack)


# The servers that are written from their vendors' pages.
MAKERS: Final[Mapping[str, Callable[[ExitStack], BoardSubject]]] = {
    "github": boards.github,
    "gitlab": boards.gitlab,
    "jira": boards.jira,
    "jira-cloud": boards.jira_cloud,
}

# One entry per module of adapters/trackers, and the fake.
SUBJECTS: Final[Mapping[str, Callable[[pytest.FixtureRequest], Subject]]] = {
    "fake": _fake,
    "fake-place": lambda _: PlaceSubject(),
    "folder": _folder,
    "gitea": _gitea,
    **{name: partial(_board, make) for name, make in MAKERS.items()},
}


@pytest.fixture(scope="session")
def gitea_server(
    postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gitea]:
    """The one Gitea of the session, started by the first test that asks for it."""
    with gitea(tmp_path_factory.mktemp("gitea"), postgres_server) as server:
        yield server


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Ends servers behind a test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(params=sorted(SUBJECTS))
def subject(request: pytest.FixtureRequest) -> Subject:
    name: str = request.param
    return SUBJECTS[name](request)
