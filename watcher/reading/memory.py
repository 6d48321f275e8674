"""What was worked out of the whole record and is asked for again: kept for a pass, and not long."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, TypeVar

_MOST: Final = 24  # things kept
LASTING: Final = timedelta(minutes=1)  # what goes by the time is so old at most
A_PASS: Final = timedelta(days=1)  # what a pass recorded; mostly another one follows sooner
Got = TypeVar("Got")


@dataclass(slots=True)
class _Held:
    """A thing, of which time it is, and the lock of those who wait for it to be made."""

    lock: Lock = field(default_factory=Lock)
    of: datetime | None = None
    thing: Any = None


@dataclass(slots=True)
class Memory:
    """Things by their keys, each made once however many ask for it at a time."""

    _held: OrderedDict[Hashable, _Held] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(
        self,
        key: Hashable,
        of: datetime,
        make: Callable[[], Got],
        lasting: timedelta = LASTING,
    ) -> Got:
        """A thing of a time: the one that is kept, where it is of that time or shortly before."""
        with self._lock:
            held = self._held.setdefault(key, _Held())
            self._held.move_to_end(key)
            if len(self._held) > _MOST:
                self._held.popitem(last=False)
        with held.lock:
            if held.of is None or not timedelta(0) <= of - held.of < lasting:
                held.thing, held.of = make(), of
            found: Got = held.thing
            return found
