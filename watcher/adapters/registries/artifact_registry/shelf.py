"""What was listed to learn the names, kept until the tags in it are asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from watcher.adapters.registries.artifact_registry.contents import Contents

_YOUNG = 300.0  # seconds: within one pass the tags are asked for right after the names


class Shelf:
    """Contents by repository, each handed over once and while it is young; for many threads.

    One listing tells the names of images and their tags. Asking for it twice in a pass would double
    every pass; believing it for longer than a pass would hide what was pushed since.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, Contents]] = {}
        self._lock = threading.Lock()

    def put(self, since: float, kept: dict[str, Contents]) -> None:
        """Keep these, listed from `since` on, and nothing else."""
        with self._lock:
            self._kept = {repository: (since, one) for repository, one in kept.items()}

    def now(self) -> float:
        """The time that `put` takes."""
        return self._clock()

    def take(self, repository: str) -> Contents | None:
        """Hand over what is kept and young; it is gone then."""
        with self._lock:
            since, contents = self._kept.pop(repository, (0.0, None))
        return contents if contents and self._clock() - since < _YOUNG else None
