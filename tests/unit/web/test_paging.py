"""Pages of a list: which part each shows, and which others it names."""

from __future__ import annotations

import pytest

from watcher.web.paging import Paging


def paging(number: int, total: int) -> Paging:
    return Paging(number, 10, total, str)


@pytest.mark.parametrize(
    ("number", "total", "last", "shown"),
    [(1, 0, 1, (1, 0)), (1, 10, 1, (1, 10)), (2, 11, 2, (11, 11)), (1, 95, 10, (1, 10))],
)
def test_a_page_shows_its_part(number: int, total: int, last: int, shown: tuple[int, int]) -> None:
    one = paging(number, total)
    assert (one.last, (one.first_shown, one.last_shown)) == (last, shown)


@pytest.mark.parametrize(
    ("number", "named"),
    [
        (1, [1, 2, 3, None, 20]),
        (4, [1, 2, 3, 4, 5, 6, None, 20]),
        (10, [1, None, 8, 9, 10, 11, 12, None, 20]),
        (20, [1, None, 18, 19, 20]),
    ],
)
def test_the_first_the_last_and_the_near_pages_are_named(
    number: int, named: list[int | None]
) -> None:
    assert paging(number, 200).numbers == named


def test_a_list_of_one_page_names_it_alone() -> None:
    assert paging(1, 3).numbers == [1]
