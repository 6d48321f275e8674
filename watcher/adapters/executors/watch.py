"""A look at a cluster now and then: how many tasks it does at once, and whether it does any."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Final

from watcher.adapters.executors.failures import Cluster

_BELIEVED: Final = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a cluster may take, in seconds: to answer, to get a worker, to do any task."""

    answer: float = 5.0
    worker: float = 30.0
    task: float = 7200.0


@dataclass(slots=True)
class Watch:
    """What was last seen of a cluster; for several threads."""

    cluster: Cluster
    patience: Patience
    width: int = 0
    _looked: float | None = None
    _empty_since: float | None = None
    _under_way: int = 0
    _moved: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    @property
    def stale(self) -> bool:
        """Whether it is time for another look."""
        return self._looked is None or monotonic() - self._looked > _BELIEVED

    def saw(self, threads: int) -> None:
        """Take a look in; raises TransientError where there was no worker for too long."""
        now = monotonic()
        with self._lock:
            self.width, self._looked = threads, now
            if threads:
                self._empty_since = None
            elif self._empty_since is None:
                self._empty_since = now
            elif now - self._empty_since > self.patience.worker:
                self.forget()
                raise self.cluster.without_workers(self.patience.worker)
            if self._under_way and now - self._moved > self.patience.task:
                self._moved = now
                raise self.cluster.stuck(self.patience.task)

    def began(self) -> None:
        """A task is on its way."""
        with self._lock:
            if not self._under_way:
                self._moved = monotonic()
            self._under_way += 1

    def ended(self) -> None:
        """A task is back, or given up."""
        with self._lock:
            self._under_way -= 1
            self._moved = monotonic()

    def forget(self) -> None:
        """Let the next look be the first."""
        self._looked = self._empty_since = None
