"""Gates: who may hold a request back before it goes out, and learns from every answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol

from watcher.adapters.http.address import Origin, origin, redacted
from watcher.adapters.http.answer import Answer
from watcher.adapters.http.failure import pause
from watcher.domain.errors import RateLimitedError

_ASKS_TO_WAIT = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


class Gate(Protocol):
    """One who is asked before every request, repeated ones too; called from several threads."""

    def enter(self, method: str, url: str) -> None:
        """Let a request go out; raises RateLimitedError where it must not."""

    def answered(self, answer: Answer) -> None:
        """Learn from an answer's status and headers; its body is not read yet."""


class Quiet:
    """Leaves a remote alone for as long as it asked for (Retry-After), if that is long.

    A pause of up to `short` seconds is for those to sit out who were told of it.
    """

    def __init__(self, short: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._short = short
        self._clock = clock
        self._until: dict[Origin, float] = {}
        self._lock = threading.Lock()

    def enter(self, method: str, url: str) -> None:
        """Raise RateLimitedError, with what is left of the pause, until it is over."""
        remote = origin(url)
        with self._lock:
            left = self._until.get(remote, 0.0) - self._clock()
            if left <= 0:
                self._until.pop(remote, None)
                return
        raise RateLimitedError(
            f"{method} {redacted(url)}: not asked: {remote[1]} wants to be left alone"
            f" for another {left:.0f} s; a lower rate helps",
            left,
        )

    def answered(self, answer: Answer) -> None:
        """Note a long pause that was asked for."""
        asked = pause(answer) if answer.status in _ASKS_TO_WAIT else None
        if asked is not None and asked > self._short:
            with self._lock:
                self._until[origin(answer.url)] = self._clock() + asked
