"""A circuit breaker: a remote that keeps failing is left alone, and every question says so.

It never answers in the remote's place. What it refuses is a TransientError like the failures that
led to it, at once instead of after a timeout, and says since when, how often, and what comes next.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Final, Self

from watcher.adapters.http.address import Origin, origin, redacted
from watcher.adapters.http.settings import Breaking
from watcher.domain.errors import TransientError

_MOST_REMOTES: Final = 100


class LeftAloneError(TransientError):
    """The remote was not asked, because it has failed too often; `retry_after` is the pause."""


class Outcome(Enum):
    """How a question ended."""

    UNKNOWN = "it never got as far as the remote, or failed for a reason of our own"
    ANSWERED = "an answer, also one that refuses us"
    FAILED = "has answered with errors of its own (5xx)"
    SILENT = "has given no answer"


@dataclass(slots=True)
class _Remote:
    """A remote that fails: how often in a row, since when, and when it is tried again."""

    since: float
    failures: int = 0
    silences: int = 0
    last: Outcome = Outcome.SILENT
    pause: float = 0.0  # 0: nobody is held back
    next_at: float = 0.0
    probing: bool = False


@dataclass(slots=True)
class Visit:
    """One question to a remote, with its repetitions; as a block it reports how it ended."""

    breaker: Breaker
    remote: Origin
    probe: bool
    outcome: Outcome = field(default=Outcome.UNKNOWN)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.breaker.ended(self)


class Breaker:
    """Watches the remotes of one client; for many threads.

    `at_once` questions may be under way together, so one short fault may fail as many in a row:
    the numbers of `breaking` are raised well above it.
    """

    def __init__(
        self, breaking: Breaking, at_once: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._silent = max(breaking.silent, 2 * at_once)
        # One repository of broken tags is given up by its own listing long before that.
        self._failing = max(breaking.failing, 4 * at_once)
        self._first, self._longest = breaking.first, breaking.longest
        self._clock = clock
        self._failing_ones: dict[Origin, _Remote] = {}
        self._lock = threading.Lock()

    def visit(self, method: str, url: str) -> Visit:
        """Begin a question; raises LeftAloneError while the remote is left alone.

        Once its pause is over, the first who asks tries it for all.
        """
        visit = Visit(self, origin(url), probe=False)
        with self._lock:
            remote = self._failing_ones.get(visit.remote)
            if remote is None or not remote.pause:
                return visit
            if not remote.probing and remote.next_at <= self._clock():
                visit.probe = remote.probing = True
                return visit
            raise self._refusal(remote, f"{method} {redacted(url)}", visit.remote[1])

    def check(self, visit: Visit, method: str, url: str) -> None:
        """Raise LeftAloneError where the remote has come to be left alone since the visit began."""
        with self._lock:
            remote = self._failing_ones.get(visit.remote)
            if remote is not None and remote.pause and not visit.probe:
                raise self._refusal(remote, f"{method} {redacted(url)}", visit.remote[1])

    def ended(self, visit: Visit) -> None:
        """Take note of how a question ended."""
        with self._lock:
            if visit.outcome is Outcome.ANSWERED:
                self._failing_ones.pop(visit.remote, None)
                return
            if visit.outcome is not Outcome.UNKNOWN:
                self._count(self._of(visit.remote), visit)
            remote = self._failing_ones.get(visit.remote)
            if remote is not None and visit.probe:
                remote.probing = False

    def _of(self, remote: Origin) -> _Remote:
        if remote not in self._failing_ones:
            # A hostile realm may name ever new remotes; the oldest is forgotten.
            for oldest in [*self._failing_ones][: 1 - _MOST_REMOTES]:
                del self._failing_ones[oldest]
            self._failing_ones[remote] = _Remote(self._clock())
        return self._failing_ones[remote]

    def _count(self, remote: _Remote, visit: Visit) -> None:
        remote.failures += 1
        remote.silences += visit.outcome is Outcome.SILENT
        remote.last = visit.outcome
        full = remote.silences >= self._silent or remote.failures >= self._failing
        if visit.probe or (full and not remote.pause):
            remote.pause = min(2 * remote.pause, self._longest) if remote.pause else self._first
            remote.next_at = self._clock() + remote.pause

    def _refusal(self, remote: _Remote, asked: str, host: str) -> LeftAloneError:
        now = self._clock()
        left = max(remote.next_at - now, 0.0)
        following = "it is being tried now" if remote.probing else f"tried again in {left:.0f} s"
        return LeftAloneError(
            f"{asked}: not asked: {host} {remote.last.value} for {now - remote.since:.0f} s,"
            f" {remote.failures} times in a row; {following}",
            left,
        )
