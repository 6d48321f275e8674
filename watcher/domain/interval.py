"""When something was so: bounds of intervals, and how sure we are of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
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

    @property
    def earliest(self) -> datetime:
        """The earliest time at which the bound may really lie."""
        return self.at if self.not_before is None else min(self.at, self.not_before)

    def reaching_back_to(self, time: datetime) -> Bound:
        """The same bound, uncertain from `time` on at the latest."""
        return _moved(self, min(time, self.earliest), backfilled=self.backfilled)

    def no_earlier_than(self, time: datetime) -> Bound:
        """The same bound, with no doubt about the time before `time`."""
        return _moved(self, max(time, self.earliest), backfilled=self.backfilled)


def later(first: Bound, *others: Bound) -> Bound:
    """The last of several bounds: where an intersection starts, or a union ends.

    It may really lie where the last of them may: no earlier than each of their earliest times. It
    is backfilled unless somebody watched one of those that decide it.
    """
    found = first
    for other in others:
        last, before = (found, other) if found.at >= other.at else (other, found)
        backfilled = last.backfilled and (before.backfilled or before.at < last.at)
        found = _moved(last, max(last.earliest, before.earliest), backfilled=backfilled)
    return found


def earlier(first: Bound, *others: Bound) -> Bound:
    """The first of several bounds: where an intersection ends, or a union starts."""
    found = first
    for other in others:
        one, after = (found, other) if found.at <= other.at else (other, found)
        backfilled = one.backfilled and (after.backfilled or one.at < after.at)
        found = _moved(one, min(one.earliest, after.earliest), backfilled=backfilled)
    return found


def _moved(bound: Bound, earliest: datetime, *, backfilled: bool) -> Bound:
    """The bound with another earliest time, and the same one where nothing changes."""
    if earliest == bound.earliest and backfilled == bound.backfilled:
        return bound
    return Bound(bound.at, earliest if earliest < bound.at else None, backfilled)


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
