"""A watcher that is killed, interrupted, or started twice: real processes, in mid-catalogue."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedIOBase

import pytest

from tests.acceptance.bad_input.fleet import Document, Fleet
from tests.acceptance.bad_input.looks import assert_clear, episodes
from tests.acceptance.bad_input.story import SECOND, day, written
from tests.servers.hostile import Reply, hostile
from watcher.demo.workshop.blobs import Json

pytestmark = pytest.mark.servers

_WITHIN = 60.0  # seconds that a loaded machine may take
_POLL = 0.02


@contextmanager
def syncing(fleet: Fleet) -> Iterator[subprocess.Popen[str]]:
    """A pass of day 1 in a process of its own."""
    command = [sys.executable, "-m", "watcher", "--config", str(fleet.configuration)]
    with subprocess.Popen(
        [*command, "sync", "--at", written(day(1)), "--format", "json"],
        env={"TMPDIR": str(fleet.folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()
            for pid in fleet.trivy.running:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


@contextmanager
def in_mid_catalogue(fleet: Fleet) -> Iterator[subprocess.Popen[str]]:
    """A pass whose Trivy has begun and does not end."""
    fleet.publish(SECOND)
    fleet.rebuild_api()
    fleet.trivy.fails("hang", "--list-all-pkgs")
    with syncing(fleet) as running:
        wait_for(lambda: fleet.trivy.running != [] or running.poll() is not None)
        yield running


def assert_interrupted(running: subprocess.Popen[str]) -> None:
    """Press Ctrl-C: it must end without what it waits for, which outlasts this test."""
    running.send_signal(signal.SIGINT)
    assert running.communicate(timeout=_WITHIN) == ("", "watcher: interrupted\n")
    assert running.returncode == 130


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WITHIN
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(_POLL)


def states(fleet: Fleet) -> list[str]:
    with sqlite3.connect(fleet.folder / "watcher.db") as connection:
        rows = connection.execute("SELECT state FROM passes ORDER BY id").fetchall()
    connection.close()
    return [state for (state,) in rows]


def test_a_second_pass_is_told_since_when_the_first_one_runs(fleet: Fleet) -> None:
    with in_mid_catalogue(fleet):
        told = fleet.sync(1)
        assert told.code == 3
        assert_clear(told.lines[0], "error: another pass is running since 20", "wait")
        assert re.search(r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.lines[0])
        assert states(fleet) == ["complete", "running"]
        assert episodes(fleet.exposures(1)) == episodes(fleet.exposures(0))


def test_a_killed_pass_is_abandoned_and_the_next_one_makes_it_good(
    fleet: Fleet, undisturbed_rebuilt: Document
) -> None:
    with in_mid_catalogue(fleet) as running:
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
    assert states(fleet) == ["complete", "running"]
    fleet.trivy.works()
    told = fleet.sync(1)
    assert told.lines == ()
    assert told.document["counts"]["catalogued"] == 1
    assert states(fleet) == ["complete", "abandoned", "complete"]
    assert fleet.sync(2).code == 0
    assert fleet.exposures(2) == undisturbed_rebuilt


def test_an_interrupted_pass_ends_at_once_and_takes_trivy_with_it(
    fleet: Fleet, undisturbed_rebuilt: Document
) -> None:
    with in_mid_catalogue(fleet) as running:
        assert_interrupted(running)
        assert fleet.trivy.running == []
    assert list(fleet.folder.glob("watcher-trivy-*")) == []
    assert states(fleet) == ["complete", "abandoned"]
    fleet.trivy.works()
    assert fleet.sync(1).lines == ()
    assert fleet.sync(2).code == 0
    assert fleet.exposures(2) == undisturbed_rebuilt


def test_an_interrupted_pass_does_not_wait_for_a_registry_that_does_not_answer(
    fleet: Fleet,
) -> None:
    over = threading.Event()

    def say_nothing(_: BufferedIOBase) -> None:
        over.wait(2 * _WITHIN)

    with hostile(lambda _: Reply(script=say_nothing)) as silent:
        slow: dict[str, Json] = {"name": "slow", "kind": "oci", "url": silent.url}
        fleet.others = [{**slow, "include": ["shop/api"]}]
        with syncing(fleet) as running:
            wait_for(lambda: silent.asked("/v2/shop/api/tags/list") != [])
            assert_interrupted(running)
        over.set()
    assert states(fleet) == ["complete", "abandoned"]
