"""The condition of a running process, as its readiness and its log tell it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock


@dataclass(slots=True)
class Condition:
    """What each part was last seen doing; for several threads."""

    _said: dict[str, str] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def leading(self) -> None:
        """This process schedules."""
        self._note("scheduler", "leads")

    def standing_by(self) -> None:
        """Another process schedules."""
        self._note("scheduler", "stands by: another process leads")

    def made(self, at: datetime) -> None:
        """A pass came to its end."""
        self._note("pass", f"made at {at:%Y-%m-%dT%H:%M:%SZ}")

    def failed(self, why: str) -> None:
        """A pass could not be made."""
        self._note("pass", f"failed: {why}")

    def lost(self, part: str, why: str) -> None:
        """A part is down and is tried again."""
        self._note(part, f"down: {why}")

    def parts(self) -> dict[str, str]:
        """What is known of each part."""
        with self._lock:
            return dict(self._said)

    def _note(self, part: str, what: str) -> None:
        with self._lock:
            self._said[part] = what
