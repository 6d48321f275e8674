"""A Harbor for each test; at its end nothing was asked or answered against its description."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.registry.subjects.harbor import ROBOT, USER
from tests.servers.harbor import Harbor, harbor


@pytest.fixture
def stub() -> Iterator[Harbor]:
    with harbor(USER, ROBOT) as one:
        yield one
        assert one.problems == []
