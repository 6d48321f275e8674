"""A process killed between any two steps of filing: one ticket after the restart, on each tracker.

`make test` kills at each step that makes a difference to whoever comes next; `make faults` on both
sides of every one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.contract.tracker.conftest import gitea_server
from tests.faults.conftest import WHOLE
from tests.faults.filing.drill import Drill, deaths
from tests.faults.filing.grounds import BOARDS, Ground, folder_ground, gitea_ground

pytestmark = [pytest.mark.servers, pytest.mark.timeout(0 if WHOLE else 1800)]

_ = gitea_server  # a fixture of its own suite, wanted here too


def _folder(_request: pytest.FixtureRequest) -> Ground:
    return folder_ground


def _board(ground: Ground, _request: pytest.FixtureRequest) -> Ground:
    return ground


def _gitea(request: pytest.FixtureRequest) -> Ground:
    return gitea_ground(request.getfixturevalue("gitea_server"))


GROUNDS: dict[str, Callable[[pytest.FixtureRequest], Ground]] = {
    "folder": _folder,
    "gitea": _gitea,
    **{name: partial(_board, ground) for name, ground in BOARDS.items()},
}


@pytest.mark.parametrize("kind", sorted(GROUNDS))
def test_a_death_between_any_two_steps_of_filing_leaves_one_ticket(
    kind: str, request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path
) -> None:
    drill = Drill(GROUNDS[kind](request), tmp_path, sqlite_template, os.cpu_count() or 2)
    left, trails = drill.undisturbed()
    kinds = {step.kind for trail in trails for step in trail.seen}
    assert kinds >= ({"commit", "file"} if kind == "folder" else {"commit", "tracker"})
    assert [len(one) for one in left] == [3, 3, 3, 4]  # two causes and the dashboard
    points = deaths(trails, everywhere=WHOLE)
    assert len(points) > 30
    wrong = [line for verdict in drill.judged(left, points) for line in verdict]
    assert wrong == []
