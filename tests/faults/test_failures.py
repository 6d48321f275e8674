"""What a pass depends on fails at any step: nothing ends by it, and the next pass makes it good.

`make test` lets each step fail in one way, `make faults` in every way.
"""

from __future__ import annotations

import pytest

from tests.faults.conftest import WHOLE, Grounds
from tests.faults.harness.faults import failures, failures_in_turn
from tests.faults.story.days import DAYS

pytestmark = [pytest.mark.servers, pytest.mark.timeout(0 if WHOLE else 3600)]


def test_a_failure_at_any_step_ends_nothing_and_is_made_good(imagined: Grounds) -> None:
    fail = failures if WHOLE else failures_in_turn
    points = imagined.played.disturbances(range(len(DAYS)), fail)
    assert {one.fault.name for one in points} >= {"database gone", "disk full", "timed out"}
    assert imagined.judged(points) == []
