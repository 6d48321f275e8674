"""When something was so: bounds of intervals, and how sure we are of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

Opening = TypeVar("Opening", bound=Hashable)
Ending = TypeVar("Ending", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of an interval: the time we hold it for, and how far back it may really lie.

    `not_before` is the last time the opposite was known, so that the uncertain time can be shown;
    None where nothing is uncertain or nothing was known. `backfilled` marks a bound that was worked
    out for a time before anybody watched. All times are aware UTC.
    """

    at: datetime
    not_before: datetime | None = None
    backfilled: bool = False

    def reaching_back_to(self, time: datetime) -> Bound:
        """The same bound, uncertain from `time` on at the latest."""
        earliest = time if self.not_before is None else min(time, self.not_before)
        return replace(self, not_before=earliest) if earliest < self.at else self


def later(*bounds: Bound) -> Bound:
    """The bound at which an intersection starts: the latest, and the surest of the latest."""
    at = max(bound.at for bound in bounds)
    return min((bound for bound in bounds if bound.at == at), key=_doubt)


def _doubt(bound: Bound) -> tuple[bool, bool]:
    return bound.backfilled, bound.not_before is not None


@dataclass(frozen=True, slots=True)
class Revision(Generic[Opening, Ending]):
    """How recorded intervals become the wanted ones without rewriting any.

    `close` gives recorded intervals (by number) their end, `supersede` marks those that turned out
    otherwise, `add` are new ones.
    """

    close: tuple[tuple[int, Ending], ...]
    supersede: tuple[int, ...]
    add: tuple[tuple[Opening, Ending | None], ...]


def revise(
    recorded: Mapping[int, tuple[Opening, Ending | None]],
    wanted: Iterable[tuple[Opening, Ending | None]],
) -> Revision[Opening, Ending]:
    """Compare recorded intervals with the wanted ones; both are (opening, ending or None)."""
    by_opening = {opening: (number, ending) for number, (opening, ending) in recorded.items()}
    close: list[tuple[int, Ending]] = []
    add: list[tuple[Opening, Ending | None]] = []
    kept: set[int] = set()
    for opening, ending in wanted:
        number, held = by_opening.get(opening, (None, None))
        if number is None or (held is not None and held != ending):
            add.append((opening, ending))
            continue
        kept.add(number)
        if held is None and ending is not None:
            close.append((number, ending))
    return Revision(tuple(close), tuple(sorted(set(recorded) - kept)), tuple(add))
