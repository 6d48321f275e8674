"""What systemd is told, by the protocol of sd_notify."""

from __future__ import annotations

import os

import pytest

from watcher.run.notify import Supervisor


@pytest.mark.parametrize(
    ("environment", "every"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "often"}, None),
    ],
)
def test_signs_of_life_come_twice_in_the_time_that_is_waited_for_one(
    environment: dict[str, str], every: float | None
) -> None:
    assert Supervisor.of(environment).every == every


def test_where_nobody_listens_nobody_is_told() -> None:
    Supervisor.of({}).ready()
