"""The condition of a process: each part well or ill, and nothing told of what it is at."""

from __future__ import annotations

from datetime import UTC, datetime

from watcher.ports.store.passes import Failure
from watcher.run.condition import Condition

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "local/secret/project"  # noqa: S105 - a name that strangers need not know


def test_a_stage_is_ill_while_something_fails_in_it_and_well_again() -> None:
    condition = Condition()
    condition.made(NOW, ["inventory", "match"], [Failure("inventory", SECRET, "busy", retry=True)])
    parts = condition.parts()
    assert (parts["stage inventory"].well, parts["stage match"].well) == (False, True)
    assert SECRET not in str(parts)
    condition.made(NOW, ["inventory"], [])
    assert condition.parts()["stage inventory"].well


def test_a_broken_configuration_is_ill_until_one_was_read() -> None:
    condition = Condition()
    condition.configured(NOW)
    condition.misconfigured(NOW)
    assert not condition.parts()["configuration"].well
    condition.configured(NOW)
    assert condition.parts()["configuration"].well
