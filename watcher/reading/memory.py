"""What was worked out of the whole record and is asked for again: kept for a pass, and not long."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, Protocol, TypeVar

_MOST: Final = 24  # things kept
LASTING: Final = timedelta(minutes=5)  # what goes by the time is so old at most
A_PASS: Final = timedelta(days=1)  # what a pass recorded; mostly another one follows sooner
Got = TypeVar("Got")


@dataclass(frozen=True, slots=True)
class Moment:
    """Of what a thing is: the record after a pass, at a time."""

    upto: int
    at: datetime

    def serves(self, asked: Moment, lasting: timedelta) -> bool:
        """Whether what is of this moment serves another, of the same pass and little later."""
        return self.upto == asked.upto and timedelta(0) <= asked.at - self.at < lasting


class Keeping(Protocol):
    """Keeps things by what they are."""

    def get(
        self,
        what: Hashable,
        of: Moment,
        make: Callable[[], Got],
        lasting: timedelta = LASTING,
    ) -> Got:
        """A thing of a moment: the one that is kept, where it is of that one or shortly before."""


@dataclass(slots=True)
class _Held:
    """A thing, of which moment it is, and the lock of those who wait for it to be made."""

    lock: Lock = field(default_factory=Lock)
    of: Moment | None = None
    thing: Any = None

    def get(self, of: Moment, make: Callable[[], Got], lasting: timedelta) -> Got:
        """The thing, made where it does not serve; who asks meanwhile waits."""
        with self.lock:
            if self.of is not None and self.of.serves(of, lasting):
                kept: Got = self.thing
                return kept
            made = make()
            self._take(of, made)
            return made

    def renew(self, of: Moment, make: Callable[[], Got]) -> Got:
        """The thing made anew; who asks meanwhile gets the old one."""
        made = make()
        with self.lock:
            self._take(of, made)
        return made

    def _take(self, of: Moment, thing: object) -> None:
        """Take a thing in; one of an earlier pass goes, whoever may still be at reading that."""
        if self.of is None or self.of.upto <= of.upto:
            self.of, self.thing = of, thing


@dataclass(slots=True)
class Memory:
    """Signs `Keeping`: each thing is made once, however many ask for it at a time."""

    _held: OrderedDict[Hashable, _Held] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(
        self,
        what: Hashable,
        of: Moment,
        make: Callable[[], Got],
        lasting: timedelta = LASTING,
    ) -> Got:
        """A thing of a moment: the one that is kept, where it is of that one or shortly before."""
        return self._of(what).get(of, make, lasting)

    def renewing(self) -> Renewing:
        """The same for whoever sees to it that nobody has to wait."""
        return Renewing(self._of)

    def _of(self, what: Hashable) -> _Held:
        with self._lock:
            held = self._held.setdefault(what, _Held())
            self._held.move_to_end(what)
            if len(self._held) > _MOST:
                self._held.popitem(last=False)
            return held


@dataclass(slots=True)
class Renewing:
    """Signs `Keeping` over a memory: half way to its end a thing is made anew beside the old one.

    Who asks the memory meanwhile gets the old one; of another pass there is none, and they wait.
    `made` counts what was made; for one thread.
    """

    _of: Callable[[Hashable], _Held]
    made: int = 0

    def get(
        self,
        what: Hashable,
        of: Moment,
        make: Callable[[], Got],
        lasting: timedelta = LASTING,
    ) -> Got:
        """A thing of a moment, made anew where the one that is kept will soon be too old."""
        held = self._of(what)

        def making() -> Got:
            self.made += 1
            return make()

        kept = held.get(of, making, lasting)
        ages = held.of is not None and lasting / 2 <= of.at - held.of.at < lasting
        return held.renew(of, making) if ages else kept
