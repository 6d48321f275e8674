"""Every test gets the fleet as it was after the first day, with servers and a record of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.bad_input.fleet import Document, Fleet, first_day, started
from tests.acceptance.bad_input.story import SECOND


@pytest.fixture(scope="session")
def after_first_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet") / "first"
    folder.mkdir()
    with started(folder) as fleet:
        first_day(fleet)
    return folder


@pytest.fixture(scope="module")
def idle_fleet(after_first_day: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """The same for all tests of a module that leave it as it is."""
    folder = tmp_path_factory.mktemp("idle") / "fleet"
    shutil.copytree(after_first_day, folder)
    with started(folder) as one:
        yield one


@pytest.fixture
def fleet(after_first_day: Path, tmp_path: Path) -> Iterator[Fleet]:
    """The fleet on the morning after its first day."""
    folder = tmp_path / "fleet"
    shutil.copytree(after_first_day, folder)
    with started(folder) as one:
        yield one


@pytest.fixture
def new_fleet(tmp_path: Path) -> Iterator[Fleet]:
    """Servers that hold nothing yet, and a watcher that never made a pass."""
    folder = tmp_path / "new"
    folder.mkdir()
    with started(folder) as one:
        yield one


@pytest.fixture(scope="session")
def undisturbed(after_first_day: Path, tmp_path_factory: pytest.TempPathFactory) -> Document:
    """What `exposures` says on day 2 where nothing failed."""
    return _without_failures(after_first_day, tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture(scope="session")
def undisturbed_rebuilt(
    after_first_day: Path, tmp_path_factory: pytest.TempPathFactory
) -> Document:
    """The same where shop/api was rebuilt before day 1."""
    return _without_failures(after_first_day, tmp_path_factory.mktemp("rebuilt"), rebuilt=True)


def _without_failures(after_first_day: Path, folder: Path, *, rebuilt: bool = False) -> Document:
    shutil.copytree(after_first_day, folder / "fleet")
    with started(folder / "fleet") as fleet:
        fleet.publish(SECOND)
        if rebuilt:
            fleet.rebuild_api()
        assert [fleet.sync(number).code for number in (1, 2)] == [0, 0]
        return fleet.exposures(2)
