"""A lock for one folder: one thread of one process on this machine holds it at a time."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Final

from watcher.domain.errors import TransientError

_LOOK: Final = 0.1  # seconds
_LONGEST: Final = 2400.0  # seconds: a download may take half an hour


class Latch:
    """A locked file, gone when nobody holds it; the death of a process lets go of it.

    Whoever holds it may take it again. Raises OSError where the disk fails.
    """

    def __init__(self, path: Path, longest: float = _LONGEST) -> None:
        self._path = path
        self._longest = longest
        self._mine = RLock()
        self._depth = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it until the end of the block; raises TransientError where others never let go."""
        until = time.monotonic() + self._longest
        if not self._mine.acquire(timeout=self._longest):
            raise self._in_vain()
        try:
            with self._locked(until):
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
        finally:
            self._mine.release()

    @contextmanager
    def _locked(self, until: float) -> Iterator[None]:
        if self._depth:
            yield
            return
        file = self._opened(until)
        try:
            yield
        finally:
            try:
                # While it is still locked: nobody has locked a file of this name in the meantime.
                self._path.unlink(missing_ok=True)
            finally:
                os.close(file)

    def _opened(self, until: float) -> int:
        while True:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            ours = False
            try:
                ours = self._is_ours(file)
            finally:
                if not ours:
                    os.close(file)
            if ours:
                return file
            if time.monotonic() > until:
                raise self._in_vain()
            time.sleep(_LOOK)

    def _is_ours(self, file: int) -> bool:
        """Whether we locked the file, and it is the one that others see under this name."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            seen = self._path.stat()
        except (BlockingIOError, FileNotFoundError):
            return False
        return os.path.samestat(os.fstat(file), seen)

    def _in_vain(self) -> TransientError:
        return TransientError(
            f"{self._path.parent} was busy with another download for {self._longest:.0f} s: see "
            f"whether a process that holds {self._path.name} is stuck"
        )
