"""Pages that make one whole list, or an error, while entries come and go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.adapters.registries.harbor.pages import Page, Pages
from watcher.domain.errors import PermanentError, TransientError

SIZE = 3
# What happens before a page is given: so many entries are added at the end, or these are deleted.
CHANGES = st.lists(st.one_of(st.integers(0, 4), st.sets(st.integers(0, 20), max_size=3)))


class Moving:
    """A list, in the order of its numbers, that changes as it is read."""

    def __init__(self, count: int, changes: list[int | set[int]]) -> None:
        self.entries = list(range(count))
        self.stayed = set(self.entries)
        self._next = count
        self._changes = list(changes)

    def fetch(self, number: int) -> Page[int]:
        change = self._changes.pop(0) if self._changes else 0
        if isinstance(change, int):
            self.entries += range(self._next, self._next + change)
            self._next += change
        else:
            gone = {self.entries[place] for place in change if place < len(self.entries)}
            self.entries = [one for one in self.entries if one not in gone]
            self.stayed -= gone
        cut = self.entries[(number - 1) * SIZE : number * SIZE]
        return Page(tuple(cut), len(self.entries))


def pages(moving: Moving) -> Pages[int]:
    return Pages("it", SIZE, moving.fetch, lambda one: one)


@given(count=st.integers(0, 20), changes=CHANGES)
def test_what_was_there_all_the_time_is_listed_or_nothing_is(
    count: int, changes: list[int | set[int]]
) -> None:
    moving = Moving(count, changes)
    try:
        found = pages(moving).all()
    except TransientError:
        return
    assert moving.stayed <= set(found)
    assert len(found) == len(set(found))


@given(count=st.integers(0, 20), additions=st.lists(st.integers(0, 4), max_size=5))
def test_additions_alone_cost_nothing(count: int, additions: list[int]) -> None:
    moving = Moving(count, [*additions])
    assert set(pages(moving).all()) >= set(range(count))


def test_a_first_page_that_is_there_is_not_fetched_again() -> None:
    asked = []

    def fetch(number: int) -> Page[int]:
        asked.append(number)
        return Page((3,), 4)

    assert Pages("it", SIZE, fetch, lambda one: one).all(Page((0, 1, 2), 4)) == (0, 1, 2, 3)
    assert asked == [2]


def test_an_entry_given_twice_is_not_two() -> None:
    with pytest.raises(TransientError, match="3 times over"):
        Pages("it", SIZE, lambda _: Page((1, 1, 2), 3), lambda one: one).all()


def test_a_page_shorter_than_promised_is_not_the_end() -> None:
    with pytest.raises(TransientError):
        Pages("it", SIZE, lambda number: Page((number,), 5), lambda one: one).all()


def test_a_list_of_millions_is_refused() -> None:
    with pytest.raises(PermanentError, match="more than are read"):
        Pages("it", SIZE, lambda _: Page((), 10**9), lambda one: one).all()
