"""Times at which coverage is sampled, each with the last pass that had ended by then."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from sqlalchemy import Connection, select

from watcher.adapters.store.tables.passes import passes

Range = tuple[int, int]  # places of samples, the second one behind the last


@dataclass(frozen=True, slots=True)
class Moments:
    """Samples in the order of time, those before any pass left out; passes never fall."""

    times: Sequence[datetime]
    numbers: Sequence[int]

    @property
    def first(self) -> int:
        """The first pass that is asked of."""
        return self.numbers[0]

    @property
    def last(self) -> int:
        """The last pass that is asked of."""
        return self.numbers[-1]

    def recorded(self, opened: int, *over: int | None) -> Range:
        """The samples over which a row counts that a pass recorded, until it was over."""
        ends = [bisect_left(self.numbers, one) for one in over if one is not None]
        begin = bisect_left(self.numbers, opened)
        return begin, max(begin, min([len(self.numbers), *ends]))

    def since(self, number: int | None) -> int:
        """The first sample of a pass or a later one; None: of no pass at all."""
        return len(self.numbers) if number is None else bisect_left(self.numbers, number)


def read_moments(connection: Connection, times: Sequence[datetime]) -> Moments:
    """The passes that had ended by each time."""
    statement = select(passes.c.at, passes.c.id).where(passes.c.state.in_(("complete", "partial")))
    made = sorted((at, number) for at, number in connection.execute(statement))
    latest = list(accumulate((number for _, number in made), max))
    ats = [at for at, _ in made]
    places = [(at, bisect_right(ats, at) - 1) for at in sorted(set(times))]
    found = [(at, latest[place]) for at, place in places if place >= 0]
    return Moments([at for at, _ in found], [number for _, number in found])
