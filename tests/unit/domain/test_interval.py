"""Bounds with their doubt, and intervals revised without rewriting."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.days import bound, day
from watcher.domain.interval import Bound, Revision, earlier, later, revise

BOUNDS = st.builds(
    lambda at, back, backfilled: bound(at, at - back if back else None, backfilled=backfilled),
    st.integers(0, 9),
    st.integers(0, 9),
    st.booleans(),
)


def test_a_bound_without_doubt_lies_where_it_is_held_for() -> None:
    assert bound(5).earliest == day(5)
    assert bound(5, 2).earliest == day(2)
    assert bound(5, 7).earliest == day(5)


def test_doubt_reaches_back_and_never_forward() -> None:
    assert bound(5).reaching_back_to(day(2)) == bound(5, 2)
    assert bound(5, 1).reaching_back_to(day(2)) == bound(5, 1)
    assert bound(5).reaching_back_to(day(5)) == bound(5)
    assert bound(5).reaching_back_to(day(9)) == bound(5)
    assert bound(5, backfilled=True).reaching_back_to(day(2)) == bound(5, 2, backfilled=True)


def test_doubt_ends_where_something_is_certain() -> None:
    assert bound(5, 1).no_earlier_than(day(3)) == bound(5, 3)
    assert bound(5, 1).no_earlier_than(day(5)) == bound(5)
    assert bound(5, 1).no_earlier_than(day(0)) == bound(5, 1)
    assert bound(5).no_earlier_than(day(1)) == bound(5)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (bound(5), bound(3), bound(5)),
        (bound(5, 1), bound(3), bound(5, 3)),  # not before both are true
        (bound(5, 1), bound(5), bound(5)),
        (bound(5, 1), bound(5, 4), bound(5, 4)),
        (bound(5, 1), bound(3, 2), bound(5, 2)),
        (bound(5, backfilled=True), bound(3), bound(5, backfilled=True)),
        (bound(5, backfilled=True), bound(5), bound(5)),
    ],
)
def test_the_later_of_two_bounds_is_as_doubtful_as_both_allow(
    one: Bound, other: Bound, expected: Bound
) -> None:
    assert later(one, other) == later(other, one) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (bound(5), bound(9), bound(5)),
        (bound(5), bound(9, 1), bound(5, 1)),  # the other may have come first
        (bound(5, 4), bound(9, 1), bound(5, 1)),
        (bound(5, 4), bound(5), bound(5, 4)),
        (bound(5, backfilled=True), bound(5), bound(5)),
        (bound(5), bound(9, backfilled=True), bound(5)),
    ],
)
def test_the_earlier_of_two_bounds_is_as_doubtful_as_both_allow(
    one: Bound, other: Bound, expected: Bound
) -> None:
    assert earlier(one, other) == earlier(other, one) == expected


@given(st.data(), st.lists(BOUNDS, min_size=1, max_size=4))
def test_the_order_of_bounds_does_not_matter(data: st.DataObject, bounds: list[Bound]) -> None:
    shuffled = data.draw(st.permutations(bounds))
    assert later(*bounds) == later(*shuffled)
    assert earlier(*bounds) == earlier(*shuffled)


@given(st.lists(BOUNDS, min_size=1, max_size=4), st.data())
def test_wherever_the_bounds_really_lie_the_result_allows_for_it(
    bounds: list[Bound], data: st.DataObject
) -> None:
    real = [data.draw(st.datetimes(_naive(b.earliest), _naive(b.at))) for b in bounds]
    last, first = later(*bounds), earlier(*bounds)
    assert _naive(last.earliest) <= max(real) <= _naive(last.at)
    assert _naive(first.earliest) <= min(real) <= _naive(first.at)


def test_nothing_recorded_means_everything_is_added() -> None:
    wanted: list[tuple[str, int | None]] = [("a", None), ("b", 2)]
    revision: Revision[str, int] = revise({}, wanted)
    assert (revision.close, revision.supersede, revision.add) == ((), (), tuple(wanted))


def test_an_open_interval_is_closed_in_place() -> None:
    revision = revise({7: ("a", None)}, [("a", 3)])
    assert (revision.close, revision.supersede, revision.add) == (((7, 3),), (), ())


def test_what_stands_as_wanted_is_left_alone() -> None:
    revision = revise({7: ("a", None), 8: ("b", 2)}, [("b", 2), ("a", None)])
    assert (revision.close, revision.supersede, revision.add) == ((), (), ())


@pytest.mark.parametrize("wanted", [("a", 4), ("a", None)])
def test_an_end_is_never_changed_but_superseded(wanted: tuple[str, int | None]) -> None:
    revision = revise({7: ("a", 3)}, [wanted])
    assert (revision.close, revision.supersede, revision.add) == ((), (7,), (wanted,))


def test_another_beginning_is_another_interval() -> None:
    revision: Revision[str, int] = revise({7: ("a", None)}, [("b", None)])
    assert (revision.close, revision.supersede, revision.add) == ((), (7,), (("b", None),))


def test_what_is_no_longer_wanted_is_superseded() -> None:
    revision = revise({9: ("b", 1), 7: ("a", None)}, [])
    assert (revision.close, revision.supersede, revision.add) == ((), (7, 9), ())


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.none() | st.integers(0, 3)),
    st.dictionaries(st.sampled_from("abcdef"), st.none() | st.integers(0, 3)),
)
def test_a_revision_makes_what_is_recorded_what_is_wanted(
    recorded: dict[str, int | None], wanted: dict[str, int | None]
) -> None:
    rows = dict(enumerate(recorded.items()))
    revision = revise(rows, wanted.items())
    closed = dict(revision.close)
    kept = {
        (opening, closed.get(number, ending))
        for number, (opening, ending) in rows.items()
        if number not in revision.supersede
    }
    assert kept | set(revision.add) == set(wanted.items())
    assert all(rows[number][1] is None for number in closed)
    again = revise(dict(enumerate(wanted.items())), wanted.items())
    assert (again.close, again.supersede, again.add) == ((), (), ())


def _naive(time: datetime) -> datetime:
    return time.replace(tzinfo=None)
