"""Pages by number, and whether they made one whole list."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from watcher.domain.errors import PermanentError, TransientError

Entry = TypeVar("Entry")

_ATTEMPTS = 3
_MOST = 2_000_000  # entries of one list


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """A page, and how many entries the whole list had when it was given."""

    entries: tuple[Entry, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Pages(Generic[Entry]):
    """A list in pages of `size`, counted from 1, and how its entries are told apart."""

    what: str
    size: int
    fetch: Callable[[int], Page[Entry]]
    key: Callable[[Entry], Hashable]

    def all(self, first: Page[Entry] | None = None) -> tuple[Entry, ...]:
        """Give every entry once; `first` is the first page where it was fetched already.

        Pages are cut by position, so an entry that is deleted while we read moves all behind it up
        one place, and one of them from a page unread to a page read. Raises TransientError where
        the list would not stand still.
        """
        for _ in range(_ATTEMPTS):
            found = self._once(first)
            if found is not None:
                return found
            first = None
        raise TransientError(
            f"{self.what}: entries came and went while the list was read, {_ATTEMPTS} times over;"
            " nothing of it is believed"
        )

    def _once(self, first: Page[Entry] | None) -> tuple[Entry, ...] | None:
        found: dict[Hashable, Entry] = {}
        number, total = 1, 0
        while True:
            page = first if first and number == 1 else self.fetch(number)
            if page.total > _MOST:
                raise PermanentError(f"{self.what}: {page.total} entries are more than are read")
            if page.total < total:
                return None
            total = page.total
            found.update((self.key(entry), entry) for entry in page.entries)
            if number * self.size >= total or not page.entries:
                return tuple(found.values()) if len(found) == total else None
            number += 1
