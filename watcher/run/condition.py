"""The condition of a running process, as its health and its log tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from watcher.ports.store.passes import Failure
from watcher.web.health import Part


@dataclass(slots=True)
class Condition:
    """What each part was last seen doing, and whether that is as it should be; for several threads.

    Whoever asks for it need not have signed in: parts are told of, never what they are at.
    """

    _said: dict[str, Part] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def leading(self) -> None:
        """This process schedules."""
        self._note("scheduler", "leads")

    def standing_by(self) -> None:
        """Another process schedules."""
        self._note("scheduler", "stands by: another process leads")

    def working(self) -> None:
        """This process takes jobs."""
        self._note("worker", "takes jobs")

    def made(self, at: datetime, stages: Iterable[str], failures: Iterable[Failure]) -> None:
        """A pass of some stages came to its end; each is well or ill by what failed in it."""
        failed = Counter(one.stage for one in failures)
        self._note("pass", f"made at {at:%Y-%m-%dT%H:%M:%SZ}")
        for stage in {*stages, *failed}:
            said = f"failures: {failed[stage]}, see /coverage" if failed[stage] else "done"
            self._note(f"stage {stage}", said, well=not failed[stage])

    def failed(self, why: str) -> None:
        """A pass could not be made."""
        self._note("pass", f"failed: {why}", well=False)

    def lost(self, part: str, why: str) -> None:
        """A part is down and is tried again."""
        self._note(part, f"down: {why}", well=False)

    def configured(self, at: datetime) -> None:
        """A configuration came into force."""
        self._note("configuration", f"in force since {at:%Y-%m-%dT%H:%M:%SZ}")

    def misconfigured(self, at: datetime) -> None:
        """A configuration was to be read anew and is none: the one before stays in force."""
        told = f"what was to be read at {at:%Y-%m-%dT%H:%M:%SZ} is broken, the one before in force"
        self._note("configuration", f"{told}: see the log", well=False)

    def parts(self) -> dict[str, Part]:
        """What is known of each part."""
        with self._lock:
            return dict(self._said)

    def _note(self, part: str, what: str, *, well: bool = True) -> None:
        with self._lock:
            self._said[part] = Part(what, well)
