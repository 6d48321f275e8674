"""When looks that hooks asked for are made: soon, many at once, and rarer where they fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from watcher.domain.places import Places
from watcher.ports.store.calls import Call
from watcher.ports.store.passes import Failure
from watcher.run.schedule import is_everywhere

QUIET: Final = 2.0  # seconds without a further hook, for a push is often one of several
LONGEST: Final = 10.0  # seconds that a hook waits for others to fall silent
RESTS: Final = (30.0, 120.0, 600.0)  # seconds before a look that failed is tried again


@dataclass(slots=True)
class Patience:
    """Holds looks back for a moment; `felt` is a clock that never jumps, in seconds."""

    felt: Callable[[], float] = monotonic
    _since: float | None = None  # when the first of those that wait was heard
    _heard: frozenset[tuple[str, int]] = frozenset()
    _changed: float = 0.0
    _rests: dict[str, tuple[float, int]] = field(default_factory=dict)  # until when, which one

    def ripe(self, waiting: Sequence[Call]) -> list[Call]:
        """Those of the waiting calls that are to be answered now, in their order."""
        keys = {one.key for one in waiting}
        self._rests = {key: rest for key, rest in self._rests.items() if key in keys}
        if is_everywhere(waiting):
            self._since = None
            return list(waiting)
        looks = {one.key for one in waiting if one.place and not self._is_resting(one)}
        settled = self._is_settled(frozenset((o.key, o.times) for o in waiting if o.key in looks))
        return [one for one in waiting if one.place is None or (settled and one.key in looks)]

    def failed(self, answered: Iterable[Call], failures: Sequence[Failure]) -> set[str]:
        """The keys of those whose look failed and is tried again; they rest, each time longer.

        After the last rest a look is left to the next listing of everything, and so is one that
        fails until somebody acts.
        """
        kept = set()
        for one in answered:
            _, number = self._rests.pop(one.key, (0.0, 0))
            if number < len(RESTS) and _is_worth_a_try(one, failures):
                self._rests[one.key] = self.felt() + RESTS[number], number + 1
                kept.add(one.key)
        return kept

    def _is_resting(self, one: Call) -> bool:
        return one.key in self._rests and self.felt() < self._rests[one.key][0]

    def _is_settled(self, looks: frozenset[tuple[str, int]]) -> bool:
        now = self.felt()
        if self._since is None or not looks:
            self._since = now if looks else None
        if looks != self._heard:
            self._heard, self._changed = looks, now
        if self._since is None:
            return False
        settled = now - self._changed >= QUIET or now - self._since >= LONGEST
        if settled:
            self._since = None
        return settled


def _is_worth_a_try(one: Call, failures: Iterable[Failure]) -> bool:
    place = Places.of([one.place] if one.place else [])
    return any(
        failure.retry and failure.stage == "inventory" and place.hold(failure.subject)
        for failure in failures
    )
