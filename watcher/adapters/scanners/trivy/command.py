"""Running the Trivy binary: the only place of watcher that starts a program."""

from __future__ import annotations

import os
import resource
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from watcher.adapters.scanners.trivy.workspace import Workspace
from watcher.domain.errors import PermanentError, StartError, TransientError

OUTPUT_LIMIT: Final = 512 << 20  # bytes; an image with 100,000 findings prints half as much
_LOG_LIMIT: Final = 256 << 10  # bytes kept of each end of the log
LONGEST_LOG: Final = 2 * _LOG_LIMIT  # one that long has lost its middle
_CHUNK: Final = 1 << 16
# What `make setup` builds in a checkout.
BUILT: Final = Path(__file__).parents[4] / ".tools" / "bin" / "trivy"
_BLINK: Final = 0.25  # seconds between two looks at whether watcher ends


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: its exit code (negative: killed by that signal) and its log.

    `memory` is the most that it might take, in bytes; None: whatever there was.
    """

    code: int
    log: str
    memory: int | None = None


@dataclass(slots=True)
class _Log:
    """Both ends of a log; what lies between is dropped once there is too much of it."""

    head: bytearray = field(default_factory=bytearray)
    tail: bytearray = field(default_factory=bytearray)

    def add(self, chunk: bytes) -> None:
        room = _LOG_LIMIT - len(self.head)
        self.head += chunk[:room]
        self.tail += chunk[room:]
        del self.tail[:-_LOG_LIMIT]

    def read(self) -> str:
        return bytes(self.head + self.tail).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Limit:
    """When a run ends at the latest: after so many seconds, or once `stopped` is set.

    `memory` is the most that it may take, in bytes; None: whatever there is.
    """

    seconds: float
    memory: int | None = None
    stopped: threading.Event = field(default_factory=threading.Event)

    def remaining(self, started: float) -> float:
        """Seconds left of a run. Raises TransientError where none are."""
        if self.stopped.is_set():
            raise TransientError("Trivy was stopped because watcher ends")
        left = started + self.seconds - time.monotonic()
        if left <= 0:
            raise TransientError(
                f"Trivy was stopped after {self.seconds:.0f} s; trivy.timeout allows for more"
            )
        return left


def advice(built: Path = BUILT) -> str:
    """What to do where there is no Trivy that serves; `built` is where `make setup` puts one."""
    if not built.exists():
        return "install Trivy 0.74.0 or later and set trivy.binary, or run `make setup`"
    place = built.relative_to(Path.cwd()) if built.is_relative_to(Path.cwd()) else built
    return f"`make setup` has built one: set trivy.binary to {place}"


def run(binary: str, arguments: Sequence[str], workspace: Workspace, limit: Limit) -> Outcome:
    """Run the binary in a process group of its own; its output lands in `workspace.output`.

    Raises TransientError at the limit, PermanentError where the output has no end, StartError
    where the binary cannot be started. Then the whole group is killed.
    """
    started = time.monotonic()
    limit.remaining(started)
    process = _start(binary, arguments, workspace, limit)
    try:
        log = _drain(process, workspace, limit, started)
        return Outcome(_end(process, limit, started), log, limit.memory)
    except BaseException:
        _kill(process)
        raise
    finally:
        for stream in (process.stdout, process.stderr):
            _opened(stream).close()


def _start(
    binary: str, arguments: Sequence[str], workspace: Workspace, limit: Limit
) -> subprocess.Popen[bytes]:
    try:
        process = subprocess.Popen(
            [binary, *arguments],
            cwd=workspace.folder,
            env={**workspace.environment(), **_frugal(limit)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise StartError(
            f"Trivy at {binary} does not start: {error.strerror}; {advice()}"
        ) from None

    _bound(process, limit)
    return process


def _frugal(limit: Limit) -> dict[str, str]:
    """Let Go collect its garbage more often, before it meets the bound."""
    return {} if limit.memory is None else {"GOMEMLIMIT": str(limit.memory * 9 // 10)}


def _bound(process: subprocess.Popen[bytes], limit: Limit) -> None:
    """Bound what the process, and whatever it starts, may have of its own in memory.

    A database that is only mapped to be read does not count.
    """
    if limit.memory is not None:
        with suppress(ProcessLookupError):
            most = (limit.memory, limit.memory)
            resource.prlimit(process.pid, resource.RLIMIT_DATA, most)


def _drain(
    process: subprocess.Popen[bytes], workspace: Workspace, limit: Limit, started: float
) -> str:
    """Read both outputs to their end. Raises TransientError, PermanentError at the size limit."""
    log, size = _Log(), 0
    with workspace.output.open("wb") as output, selectors.DefaultSelector() as selector:
        for stream in (process.stdout, process.stderr):
            selector.register(_opened(stream), selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(min(limit.remaining(started), _BLINK)):
                chunk = os.read(key.fd, _CHUNK)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    log.add(chunk)
                else:
                    size += output.write(chunk)
            if size > OUTPUT_LIMIT:
                raise PermanentError(
                    f"Trivy was stopped after printing {size} bytes, more than any real report has"
                )
    return log.read()


def _end(process: subprocess.Popen[bytes], limit: Limit, started: float) -> int:
    """Wait for a process that has closed its outputs; give its exit code."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(min(limit.remaining(started), _BLINK))


def _opened(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise StartError("Trivy was started without pipes")
    return stream


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the whole group. Its leader is not reaped yet, so the number is still ours."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
