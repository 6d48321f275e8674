"""olareg, a second real registry of the protocol, held in memory."""

from __future__ import annotations

import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watcher.demo.workshop import Pusher, WorkshopError
from watcher.demo.workshop.locate import find_tool, free_port
from watcher.demo.workshop.wire import Wire

_READY_WITHIN = 15.0  # seconds
_ENDS_WITHIN = 10.0
_POLL = 0.02
_TRIES = 3


class Olareg:
    """A running olareg and its address."""

    def __init__(self, url: str, running: subprocess.Popen[bytes], pusher: Pusher) -> None:
        self.url = url
        self.pusher = pusher
        self._running = running

    def stop(self) -> None:
        """Let it answer no more."""
        _end(self._running)


@contextmanager
def olareg(folder: Path) -> Iterator[Olareg]:
    """Start it with nothing in it; its log lies in the folder."""
    for _ in range(_TRIES):
        port, mark = free_port(), secrets.token_hex(8)
        url = f"http://127.0.0.1:{port}"
        with (folder / "olareg.log").open("ab") as log:
            running = subprocess.Popen(
                [
                    *(find_tool("olareg"), "serve", "--store-type", "mem", "--api-delete"),
                    *("--addr", "127.0.0.1", "--port", str(port), "--warning", mark),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            if _answers(url, mark, running):
                with Pusher(url) as pusher:
                    yield Olareg(url, running, pusher)
                return
        finally:
            _end(running)
    raise WorkshopError(f"olareg did not start; see {folder / 'olareg.log'}")


def _answers(url: str, mark: str, running: subprocess.Popen[bytes]) -> bool:
    """Wait for it; another server may have taken the port first, and lacks the mark."""
    deadline = time.monotonic() + _READY_WITHIN
    while running.poll() is None and time.monotonic() < deadline:
        wire = Wire(url)
        try:
            if mark in wire.request("GET", "/v2/").headers.get("warning", ""):
                return True
        except WorkshopError:
            pass
        finally:
            wire.close()
        time.sleep(_POLL)
    return False


def _end(running: subprocess.Popen[bytes]) -> None:
    running.terminate()
    try:
        running.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
