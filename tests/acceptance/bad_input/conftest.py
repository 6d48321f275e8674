"""Every test gets the fleet as it was after the first day, copied: its own servers, its own record."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.bad_input.fleet import (
    SECOND,
    Document,
    Fleet,
    first_day,
    started,
)


@pytest.fixture(scope="session")
def after_first_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet") / "first"
    folder.mkdir()
    with started(folder) as fleet:
        first_day(fleet)
    return folder


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
    folder = tmp_path / "fleet"
    folder.mkdir()
    with started(folder) as one:
        yield one


Undisturbed = Callable[[bool], Document]


@pytest.fixture(scope="session")
def undisturbed(after_first_day: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """What `exposures` says on day 2 where nothing failed; with shop/api rebuilt or not."""
    known: dict[bool, Document] = {}

    def exposures(rebuilt: bool) -> Document:
        if rebuilt not in known:
            folder = tmp_path_factory.mktemp("undisturbed") / "fleet"
            shutil.copytree(after_first_day, folder)
            with started(folder) as fleet:
                fleet.publish(SECOND)
                if rebuilt:
                    fleet.rebuild_api()
                assert [fleet.sync(number).code for number in (1, 2)] == [0, 0]
                known[rebuilt] = fleet.exposures(2)
        return known[rebuilt]

    return exposures
