"""Walks through a list that changes meanwhile, and what they prove.

Hub's lists are counted pages: what is pushed comes to the front and shifts the rest back, where it
is only seen twice; what is deleted shifts the rest forward, past the next page's beginning. Newest
first, whatever is new is at the front; so as long as every page tells the same count, at least as
many came to the front as went, and nothing was skipped. What an earlier page would have shown, and
was moved to the front since, is then missing from the sum: a walk is whole if it adds up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, Generic, Protocol, TypeVar

from watcher.adapters.registries.docker_hub.entries import Page
from watcher.domain.errors import TransientError

_ATTEMPTS: Final = 3


class Dated(Protocol):
    """An entry of a list that is sorted by time."""

    @property
    def name(self) -> str:
        """What it is called, once in its list."""

    @property
    def updated_at(self) -> datetime | None:
        """What it is sorted by; old entries have none and stand anywhere."""


Entry = TypeVar("Entry", bound=Dated)
Pages = Callable[[], Iterable[Page[Entry]]]


@dataclass(frozen=True, slots=True)
class Walk(Generic[Entry]):
    """What one walk saw: each name once, how many there are said to be, and how it went.

    `ended`: the last page was read. `steady`: all pages told one count, and came newest first.
    """

    entries: tuple[Entry, ...]
    count: int
    ended: bool
    steady: bool

    @property
    def whole(self) -> bool:
        """Whether nothing can be missing."""
        return self.ended and self.steady and len(self.entries) == self.count

    def confirms(self, before: Walk[Entry] | None) -> bool:
        """Whether two walks saw the same: neither lost what the other would have shown.

        That holds for a list in any order and with a count too low, but not for one cut short.
        """
        same = before is not None and set(before.entries) == set(self.entries)
        return same and self.ended and len(self.entries) >= self.count


def walk(pages: Iterable[Page[Entry]], until: datetime | None = None) -> Walk[Entry]:
    """Go from page to page: to the end, past all not older than `until`, or until it changes."""
    named: dict[str, Entry] = {}
    counts: set[int] = set()
    times: list[datetime] = []
    ended, steady = False, True
    for number, page in enumerate(pages):
        counts.add(page.count)
        times += [one.updated_at for one in page.entries if one.updated_at is not None]
        for one in page.entries:
            named.setdefault(one.name, one)
        ended = page.following is None
        # A single page is a single moment, in whatever order.
        steady = len(counts) == 1 and (number == 0 or _newest_first(times))
        if len(counts) > 1:
            return Walk(tuple(named.values()), page.count, ended=False, steady=False)
        if until is not None and steady and _newest_first(times) and times and times[-1] < until:
            break
    return Walk(tuple(named.values()), max(counts, default=0), ended, steady)


def list_all(pages: Pages[Entry], what: str) -> tuple[Entry, ...]:
    """List everything; raises TransientError where it cannot be told that it was everything."""
    before: Walk[Entry] | None = None
    for _ in range(_ATTEMPTS):
        one = walk(pages())
        if one.whole or one.confirms(before):
            return one.entries
        before = one
    seen, count = (len(before.entries), before.count) if before else (0, 0)
    raise TransientError(
        f"{what}: {seen} were listed and {count} counted: it changed all the while, or the list was"
        " cut short; nothing is believed of it"
    )


def list_news(
    pages: Pages[Entry], since: datetime, known: Collection[str], what: str
) -> tuple[tuple[Entry, ...], bool]:
    """List at least what was pushed at or after `since`, and tell whether that was everything.

    Where fewer are counted than `known` and seen, something is gone, and everything is listed.
    """
    one = walk(pages(), since)
    if one.whole:
        return one.entries, True
    expected = {entry.name for entry in one.entries} | set(known)
    if one.steady and one.count >= len(expected):
        return one.entries, False
    return list_all(pages, what), True


def _newest_first(times: list[datetime]) -> bool:
    return all(later >= earlier for later, earlier in pairwise(times))
