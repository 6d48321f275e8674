"""Whether Harbor knows us, asked before anything that it lists is believed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from watcher.adapters.registries.harbor.api import Api

# In seconds. A robot runs out and a password is changed while we run; passes are minutes apart.
_HOLDS = 600.0


class Identity:
    """The proof that a login is right, good for ten minutes; for several threads at once.

    A wrong password is answered as nobody's would be: 200, and only what is public. Without a login
    that is what was asked for, and there is nothing to prove.
    """

    def __init__(self, api: Api, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._until = float("-inf")
        self._lock = threading.Lock()

    def prove(self, project: str | None, *, anew: bool = False) -> None:
        """Raise UnauthorizedError unless Harbor knows us; `project` is one of ours, for robots."""
        if self._api.anonymous:
            return
        with self._lock:
            if self._clock() < self._until and not anew:
                return
            if not self._api.is_user() and project is not None:
                self._api.project(project)
            self._until = self._clock() + _HOLDS

    def shown(self) -> None:
        """Note that Harbor showed us what it shows to nobody."""
        with self._lock:
            self._until = self._clock() + _HOLDS
