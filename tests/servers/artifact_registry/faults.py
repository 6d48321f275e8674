"""What goes wrong, on demand, and how often the stub was asked for what."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.servers.hostile import Reply

CODES = {
    "INVALID_ARGUMENT": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "INTERNAL": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """An error instead of an answer, `times` times (always, where None) once `after` went well.

    `reason` and `about` are an ErrorInfo's, `delay` in seconds is a RetryInfo's. `reply` is what
    REST sends instead, whatever it is. `token` answers well, with that token for the next page.
    """

    status: str = "UNAVAILABLE"
    message: str = "told to fail"
    reason: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    delay: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    reply: Reply | None = None
    token: str | None = None
    after: int = 0
    times: int | None = None


class Faults:
    """Faults by what is asked for (repositories, dockerImages, v2, ping), and counts of all."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self._planned: dict[str, Fault] = {}
        self._since: Counter[str] = Counter()
        self._lock = threading.Lock()

    def plan(self, kind: str, fault: Fault) -> None:
        """Let requests of a kind fail from now on."""
        self._planned[kind], self._since[kind] = fault, 0

    def count(self, kind: str) -> None:
        """Note a request."""
        with self._lock:
            self.asked[kind] += 1

    def due(self, kind: str) -> Fault | None:
        """The fault that this request meets."""
        with self._lock:
            fault = self._planned.get(kind)
            if fault is None:
                return None
            self._since[kind] += 1
            past = self._since[kind] - fault.after
            meets = past > 0 and (fault.times is None or past <= fault.times)
            return fault if meets else None
