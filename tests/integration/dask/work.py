"""Functions that tests send to workers, which find them by their names."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from distributed import get_worker

from watcher.domain.errors import NotFoundError, PermanentError, TransientError


def double(number: int) -> int:
    return 2 * number


def host() -> str:
    """The machine that it is done on, as the worker's own address has it, after a moment."""
    time.sleep(0.05)
    return urlsplit(get_worker().address).hostname or ""


def user_and_readable(files: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Whom it is done as, after a moment, and which files that user may read."""
    time.sleep(0.05)
    return os.getuid(), tuple(one for one in files if os.access(one, os.R_OK))


def pid() -> int:
    return os.getpid()


def fail_for_now() -> None:
    raise TransientError("not now", 7.5)


def fail_for_good() -> None:
    raise PermanentError("never")


def find_nothing() -> None:
    raise NotFoundError("there is no such thing")


def stumble() -> None:
    raise ZeroDivisionError("a mistake of ours")


def stay(began: Path, until: Path) -> int:
    """Say that it began, and stay until told otherwise."""
    began.touch()
    while not until.exists():
        time.sleep(0.02)
    return os.getpid()


class Unreadable:
    """A value that can be sent and not received."""

    def __reduce__(self) -> tuple[object, tuple[()]]:
        return fail_for_good, ()
