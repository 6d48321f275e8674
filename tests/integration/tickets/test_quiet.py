"""A tracker in which nothing is to be done is asked once, and nothing is written there."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.contract.tracker.conftest import MAKERS
from tests.faults.filing.clerk import make
from tests.faults.filing.grounds import BoardProject
from tests.servers.issues import Jira
from tests.servers.sqlite import copy_database

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_an_unchanged_tracker_is_asked_once_and_written_to_never(
    kind: str, sqlite_template: Path, tmp_path: Path
) -> None:
    copy_database(sqlite_template, tmp_path / "watcher.db")
    with ExitStack() as stack:
        there = MAKERS[kind](stack)
        if isinstance(there.shape, Jira):
            there.shape.thorough = True  # what it keeps is never what it was told
        project = BoardProject(there)
        assert make(tmp_path, project, 0).failures == []
        assert len(there.board.issues) == 3
        there.served.forget()
        assert make(tmp_path, project, 0).failures == []
        assert len(there.served.asked) == 1
        assert there.served.asked[0].startswith("GET ")
