"""The lock of the library: one thread of one process at a time, whatever becomes of the others."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from watcher.adapters.library import FolderLibrary
from watcher.adapters.library.latch import Latch
from watcher.domain.errors import TransientError
from watcher.services.supply import Supply

ONE = "sha256:" + "a" * 64
# Holds the lock, says so, and waits to be killed.
_HOLDER = """\
import sys, time
from pathlib import Path
from watcher.adapters.library.latch import Latch
with Latch(Path(sys.argv[1])).held():
    print("held", flush=True)
    time.sleep(600)
"""
# Adds to a number in a file, many times, one step at a time.
_COUNTER = """\
import sys
from pathlib import Path
from watcher.adapters.library.latch import Latch
number = Path(sys.argv[2])
for _ in range(int(sys.argv[3])):
    with Latch(Path(sys.argv[1])).held():
        number.write_text(str(int(number.read_text()) + 1))
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", _HOLDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        yield other
        other.kill()


def test_a_lock_that_another_process_holds_is_not_waited_for_without_end(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with holder(path), pytest.raises(TransientError, match=r"see whether .* is stuck"):
        Latch(path, longest=0.3).held().__enter__()


def test_a_process_that_dies_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with holder(path) as other:
        other.kill()
        other.wait()
        with Latch(path, longest=5.0).held():
            assert path.exists()
    assert not path.exists()


def test_a_disk_that_fails_while_it_is_let_go_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _two(tmp_path / "lock")
    with pytest.raises(OSError, match="broken"), first.held():
        monkeypatch.setattr(Path, "unlink", _broken)
    monkeypatch.undo()
    with second.held():
        assert (tmp_path / "lock").exists()


def test_a_disk_that_fails_while_it_is_taken_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _two(tmp_path / "lock")
    monkeypatch.setattr(Path, "stat", _broken)
    with pytest.raises(OSError, match="broken"):
        first.held().__enter__()
    monkeypatch.undo()
    with second.held():
        assert (tmp_path / "lock").exists()


def _broken(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.EIO, "the disk is broken")


def test_whoever_holds_it_may_take_it_again(tmp_path: Path) -> None:
    latch = Latch(tmp_path / "lock", longest=0.3)
    with latch.held(), latch.held():
        assert (tmp_path / "lock").exists()
    assert not (tmp_path / "lock").exists()


def test_a_thread_waits_for_another_one(tmp_path: Path) -> None:
    for latches in ([Latch(tmp_path / "lock", longest=0.3)] * 2, _two(tmp_path / "lock")):
        with ThreadPoolExecutor(1) as executor, latches[0].held():
            attempt = executor.submit(lambda latch: latch.held().__enter__(), latches[1])
            assert isinstance(attempt.exception(), TransientError)


def _two(path: Path) -> list[Latch]:
    return [Latch(path, longest=0.3) for _ in range(2)]


def test_processes_that_take_turns_lose_nothing(tmp_path: Path) -> None:
    number = tmp_path / "number"
    number.write_text("0")
    command = [sys.executable, "-c", _COUNTER, str(tmp_path / "lock"), str(number), "20"]
    others = [subprocess.Popen(command) for _ in range(3)]
    for other in others:
        assert other.wait() == 0
    assert number.read_text() == "60"


def test_a_database_wanted_by_several_at_once_is_pulled_once(tmp_path: Path, db: bytes) -> None:
    class Mirror:
        """Signs what `Supply` needs of the port `Artifacts`."""

        pulls = 0

        def layer(self, *_: object) -> None:
            pass

        def pull(self, _: object, __: object, to: Path) -> None:
            self.pulls += 1
            time.sleep(0.2)
            to.write_bytes(db)

    mirror = Mirror()

    def want(_: int) -> None:
        supply = Supply(mirror, FolderLibrary(tmp_path))  # type: ignore[arg-type]
        supply.acquire("db", None, ONE)  # type: ignore[arg-type]

    with ThreadPoolExecutor(4) as executor:
        list(executor.map(want, range(4)))
    assert mirror.pulls == 1
    assert FolderLibrary(tmp_path).has("db", ONE)
