"""One story, two databases: what is left does not tell which it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.conftest import BACKENDS, Grounds
from tests.faults.harness.play import Setting
from tests.faults.story.world import in_memory

pytestmark = pytest.mark.servers


def test_the_same_history_gives_the_same_facts_ledger_and_tickets_on_both(
    grounds_of: Callable[[str, Setting], Grounds],
) -> None:
    file, server = (grounds_of(backend, in_memory).played for backend in BACKENDS)
    for (here, *_), (there, *_) in zip(file.expected.after, server.expected.after, strict=True):
        assert here.facts["episodes"]
        assert here.unlike(there) == []
