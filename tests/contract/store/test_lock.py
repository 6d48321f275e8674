"""One pass at a time, whoever starts the second, and however the first one ends."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from watcher.adapters.store.lock import DatabaseLock
from watcher.adapters.store.passes import SqlPasses
from watcher.domain.errors import StartError
from watcher.ports.store.passes import Snapshot

STARTED = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
HOLDER = """
import sys, time
from datetime import datetime
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.lock import DatabaseLock
from watcher.adapters.store.passes import SqlPasses
from watcher.ports.store.passes import Snapshot

engine, started = open_engine(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
with DatabaseLock(engine).held():
    SqlPasses(engine).begin(started, started, [], Snapshot("0" * 64, "{}"))
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def another_holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the lock, in the middle of a pass."""
    command = [sys.executable, "-c", HOLDER, url, STARTED.isoformat()]
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline() == "held\n"
            yield running
        finally:
            running.kill()


def held_within(lock: DatabaseLock, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with lock.held():
                return True
        except StartError:
            time.sleep(0.05)
    return False


def test_a_second_pass_hears_since_when_the_first_one_runs(
    engine: Engine, database_url: str, opening: Callable[[str], Engine]
) -> None:
    with DatabaseLock(engine).held():
        SqlPasses(engine).begin(STARTED, STARTED, [], Snapshot("0" * 64, "{}"))
        expected = "another pass is running since 2026-03-01T12:30:15Z: wait for it to end"
        with pytest.raises(StartError) as refused, DatabaseLock(opening(database_url)).held():
            pytest.fail("two passes at once")
        assert str(refused.value) == expected
    assert held_within(DatabaseLock(opening(database_url)), 1)


def test_a_pass_that_has_not_begun_yet_keeps_others_out_too(
    engine: Engine, database_url: str, opening: Callable[[str], Engine]
) -> None:
    with (
        DatabaseLock(engine).held(),
        pytest.raises(StartError, match="another pass is running: wait"),
        DatabaseLock(opening(database_url)).held(),
    ):
        pytest.fail("two passes at once")


def test_a_pass_that_fails_lets_go(engine: Engine) -> None:
    lock = DatabaseLock(engine)
    with pytest.raises(ZeroDivisionError), lock.held():
        raise ZeroDivisionError
    with lock.held():
        pass


def test_a_killed_process_leaves_the_lock_free(engine: Engine, database_url: str) -> None:
    lock = DatabaseLock(engine)
    with another_holder(database_url) as running:
        with pytest.raises(StartError, match="running since 2026-03-01T12:30:15Z"), lock.held():
            pytest.fail("two passes at once")
        running.kill()
        running.wait()
        # A server learns of the death when it reads from the connection.
        assert held_within(lock, 5)


def test_the_pass_of_a_killed_process_counts_as_abandoned(
    engine: Engine, database_url: str
) -> None:
    passes = SqlPasses(engine)
    with another_holder(database_url):
        pass
    assert passes.running_since() == STARTED
    passes.begin(STARTED, STARTED, [], Snapshot("0" * 64, "{}"))
    last = passes.last()
    assert last is not None
    passes.finish(last, "complete", {})
    assert passes.running_since() is None


def test_a_place_where_no_lock_can_be_made_is_one_line(
    tmp_path: Path, opening: Callable[[str], Engine]
) -> None:
    engine = opening(f"sqlite:///{tmp_path / 'missing' / 'watcher.db'}")
    with pytest.raises(StartError, match="no lock can be made") as refused:
        DatabaseLock(engine).held().__enter__()
    assert "\n" not in str(refused.value)


def test_a_server_that_is_away_is_one_line_without_the_password(
    opening: Callable[[str], Engine],
) -> None:
    engine = opening("postgresql://watcher:hunter2@127.0.0.1:1/facts")
    with pytest.raises(StartError, match="cannot be used") as refused:
        DatabaseLock(engine).held().__enter__()
    assert "\n" not in str(refused.value)
    assert "hunter2" not in str(refused.value)
