"""A tracker's budget of requests: where the last answer says it is spent, nothing more is asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from watcher.adapters.http import Answer
from watcher.adapters.http.address import redacted
from watcher.adapters.http.quota import quota_of
from watcher.domain.errors import RateLimitedError

_UNSAID: Final = 60.0  # seconds to wait where it does not say when the budget is renewed


class Spent:
    """Signs `watcher.adapters.http.Gate`; for the one host of a tracker."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._lock = threading.Lock()

    def enter(self, method: str, url: str) -> None:
        """Raise RateLimitedError, with what is left to wait, until the budget is renewed."""
        with self._lock:
            left = self._until - self._clock()
        if left > 0:
            raise RateLimitedError(
                f"{method} {redacted(url)}: not asked: the limit of requests is spent, renewed in"
                f" {left:.0f} s",
                left,
            )

    def answered(self, answer: Answer) -> None:
        """Learn from an answer's X-RateLimit or RateLimit headers."""
        quota = quota_of(answer)
        if quota is not None and quota.remaining == 0:
            renewed = quota.renewed_in if quota.renewed_in is not None else _UNSAID
            with self._lock:
                self._until = self._clock() + renewed
