"""A long list cut into pages, each with its own address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_AROUND = 2  # pages named beside the present one


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a page stands in a list of `total` entries; `address` gives the address of another."""

    number: int
    size: int
    total: int
    address: Callable[[int], str]

    @property
    def last(self) -> int:
        """The number of the last page; 1 where the list is empty."""
        return max(1, -(-self.total // self.size))

    @property
    def first_shown(self) -> int:
        """The place of the first entry on the page, counted from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last_shown(self) -> int:
        """The place of the last entry on the page."""
        return min(self.total, self.number * self.size)

    @property
    def numbers(self) -> list[int | None]:
        """The pages named: the first, those around the present one, the last; None for a gap."""
        near = range(self.number - _AROUND, self.number + _AROUND + 1)
        named = sorted({1, self.last, *(one for one in near if 1 < one < self.last)})
        found: list[int | None] = []
        for before, one in zip([0, *named], named, strict=False):
            found += [None] if one - before > 1 else []
            found.append(one)
        return found
