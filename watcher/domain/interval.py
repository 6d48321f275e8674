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
        return _bound(self.at, min(time, self.earliest), backfilled=self.backfilled)

    def no_earlier_than(self, time: datetime) -> Bound:
        """The same bound, with no doubt about the time before `time`."""
        return _bound(self.at, max(time, self.earliest), backfilled=self.backfilled)


def later(*bounds: Bound) -> Bound:
    """The last of several bounds: where an intersection starts, or a union ends.

    It may really lie where the last of them may: no earlier than each of their earliest times.
    """
    return _bound(
        max(bound.at for bound in bounds),
        max(bound.earliest for bound in bounds),
        backfilled=_backfilled(bounds, max(bound.at for bound in bounds)),
    )


def earlier(*bounds: Bound) -> Bound:
    """The first of several bounds: where an intersection ends, or a union starts."""
    return _bound(
        min(bound.at for bound in bounds),
        min(bound.earliest for bound in bounds),
        backfilled=_backfilled(bounds, min(bound.at for bound in bounds)),
    )


def _bound(at: datetime, earliest: datetime, *, backfilled: bool) -> Bound:
    return Bound(at, earliest if earliest < at else None, backfilled)


def _backfilled(bounds: Iterable[Bound], at: datetime) -> bool:
    """A bound is backfilled unless somebody watched at least one of those that decide it."""
    return all(bound.backfilled for bound in bounds if bound.at == at)


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
