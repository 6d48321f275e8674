"""The measurements of a long life, shortened: what they must reach holds in small as well."""

from __future__ import annotations

import pytest

from benchmarks import hooks
from benchmarks.soak import Soaked, lived

pytestmark = pytest.mark.servers


def test_a_life_leaves_no_file_open_and_a_quiet_pass_costs_next_to_nothing() -> None:
    found = Soaked(list(lived(passes=52, images=100)))
    assert found.files_grown <= 0
    assert found.growth(quiet=True) <= 8
    assert found.growth(quiet=False) > found.growth(quiet=True)
    assert abs(found.memory_slope) < 200


def test_hooks_at_a_steady_pace_are_all_noted() -> None:
    found = hooks.sent(rate=100, seconds=4)
    assert found.sent == found.taken == found.noted == 400
    assert found.files[1] <= found.files[0] + hooks.SENDERS
