"""What answers a call: the stages, in the order of a pass."""

from __future__ import annotations

import pytest

from watcher.ports.store.calls import Call
from watcher.run.schedule import CALLED, key_of, stages_of
from watcher.services.pass_ import ORDER, STAGES, Stage


def calls(*keys: str) -> list[Call]:
    return [Call(key, {}, 1, number) for number, key in enumerate(keys)]


@pytest.mark.parametrize(
    ("names", "stages"),
    [
        (["knowledge"], ["knowledge", "match", "exposure"]),
        (["inventory"], ["inventory", "catalog", "match", "exposure"]),
        (["tickets"], ["bump", "ticket"]),
        (["tickets", "inventory", "knowledge"], [*STAGES]),
        (["audit"], ["match", "audit", "exposure"]),
        (["audit", "tickets", "inventory", "knowledge"], [*ORDER]),
    ],
)
def test_calls_are_answered_by_one_pass_of_all_their_stages(
    names: list[str], stages: list[Stage]
) -> None:
    assert stages_of(calls(*map(key_of, names))) == stages


def test_a_call_that_no_code_knows_asks_for_nothing() -> None:
    assert stages_of(calls("schedule:of a later version", "?")) == []


def test_every_stage_is_called_by_something() -> None:
    assert {stage for stages in CALLED.values() for stage in stages} == set(ORDER)
