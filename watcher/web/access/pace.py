"""How often one address may try what guessing or flooding is about."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

_MOST = 10_000  # addresses remembered


@dataclass(slots=True)
class Pace:
    """A bucket of tries for each address: `burst` at once, `per_minute` after that."""

    burst: int = 20
    per_minute: float = 20.0
    felt: Callable[[], float] = monotonic
    _held: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def waits(self, address: str) -> int:
        """How many seconds an address has to wait for a try; 0 where it has one."""
        with self._lock:
            return self._lacking(self._left(address))

    def wait(self, address: str) -> int:
        """Take a try; gives 0, or how many seconds to wait where none is left."""
        with self._lock:
            left = self._left(address)
            wait = self._lacking(left)
            self._held[address] = (left if wait else left - 1, self.felt())
            self._held.move_to_end(address)
            if len(self._held) > _MOST:
                self._held.popitem(last=False)
            return wait

    def _left(self, address: str) -> float:
        left, at = self._held.get(address, (float(self.burst), 0.0))
        return min(float(self.burst), left + (self.felt() - at) * self.per_minute / 60)

    def _lacking(self, left: float) -> int:
        return 0 if left >= 1 else int((1 - left) * 60 / self.per_minute) + 1
