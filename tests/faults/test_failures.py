"""What a pass depends on fails at any step: nothing ends by it, and the next pass makes it good.

`make test` lets each step fail in one way, `make faults` in every way. What a file, a registry or
a scanner does to a pass it does over a file: over a server it is the server's turn alone.
"""

from __future__ import annotations

import pytest

from tests.faults.conftest import WHOLE, Grounds
from tests.faults.harness.faults import (
    database_failures_in_turn,
    failures,
    failures_in_turn,
)
from tests.faults.story.days import DAYS

pytestmark = [pytest.mark.servers, pytest.mark.timeout(0 if WHOLE else 3600)]


def test_a_failure_at_any_step_ends_nothing_and_is_made_good(imagined: Grounds) -> None:
    in_turn = database_failures_in_turn if imagined.on_server else failures_in_turn
    points = imagined.played.disturbances(range(len(DAYS)), failures if WHOLE else in_turn)
    elsewhere = set[str]() if imagined.on_server else {"disk full", "timed out"}
    assert {one.fault.name for one in points} >= {"database gone", "database full", *elsewhere}
    assert imagined.judged(points) == []
