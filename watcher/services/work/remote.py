"""A crew that travels: written down as its settings, and put together once where it works."""

from __future__ import annotations

import platform
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any, Final

from watcher.domain.errors import StartError, TransientError, UsageError
from watcher.domain.package import Catalogue, Finding
from watcher.ports.crew import CatalogTask, Crew, MatchTask
from watcher.services.outcome import one_line

_MOST: Final = 4  # crews of a process: one, and those of settings that changed meanwhile


@dataclass(frozen=True, slots=True)
class RemoteCrew:
    """Signs `Crew` wherever it is unpacked; `outfit` is a function that is found by its name.

    The settings hold passwords: they show nothing of themselves, and go where the tasks go.
    """

    settings: Hashable = field(repr=False)
    outfit: Callable[[Any], Crew]

    def catalog(self, task: CatalogTask) -> Catalogue:
        """Pull an image and list its packages, with the scanner's own findings on it."""
        return self._here().catalog(task)

    def match(self, task: MatchTask) -> list[tuple[int, Finding]]:
        """Match packages without pulling anything: complete, or an error; by their numbers."""
        return self._here().match(task)

    def _here(self) -> Crew:
        """The crew of this process; raises TransientError where this machine has no outfit."""
        try:
            return _CREWS.of(self.settings, partial(self.outfit, self.settings))
        except (StartError, UsageError) as error:
            raise TransientError(f"{platform.node()}: {one_line(error)}") from error


@dataclass(slots=True)
class _Crews:
    """The crews of this process, by their settings; the oldest of several goes."""

    known: dict[Hashable, Crew] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def of(self, settings: Hashable, outfit: Callable[[], Crew]) -> Crew:
        with self.lock:
            if settings not in self.known:
                self.known[settings] = outfit()
                for old in list(self.known)[:-_MOST]:
                    del self.known[old]
            return self.known[settings]


_CREWS: Final = _Crews()
