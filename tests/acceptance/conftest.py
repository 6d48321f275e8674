"""A small fleet's month, played once on real servers and looked at by every acceptance test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.acceptance.month.story import first_month
from tests.fakes.progress import Silent
from watcher.cli.application import run as run_cli
from watcher.cli.session import Session
from watcher.demo.run import Demo
from watcher.demo.story import Chapter
from watcher.services.pass_ import PassReport

START = datetime(2026, 3, 2, tzinfo=UTC)
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Month:
    """The played month: the report of each pass, and a watcher to ask, its servers still there."""

    demo: Demo
    reports: dict[float, tuple[Chapter, PassReport]]
    watcher: Callable[[Sequence[str]], int]


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    demo = Demo(
        tmp_path_factory.mktemp("month"),
        START,
        lambda: NOON,
        Silent(),
        dict(os.environ),
        first_month,
    )

    def watcher(arguments: Sequence[str]) -> int:
        session = Session(environment={}, now=lambda: NOON)
        return run_cli(["--config", str(demo.configuration), *arguments], session)

    with ExitStack() as stack:
        chapters = stack.enter_context(demo.played())
        reports = {one.chapter.day: (one.chapter, one.report) for one in chapters}
        yield Month(demo, reports, watcher)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
