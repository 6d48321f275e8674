"""What listings tell of tags, and when a tag pointed to what."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from tests.unit.domain.days import bound, day
from watcher.domain.interval import Bound
from watcher.domain.inventory import (
    TagChanges,
    TagInterval,
    TagSpan,
    observe,
    plausible_creation,
    spans,
    start_of,
)


def listed(
    known: dict[str, str],
    seen: dict[str, str],
    *,
    complete: bool = True,
    unresolved: tuple[str, ...] = (),
) -> TagChanges:
    sightings = {tag: (digest, None) for tag, digest in seen.items()}
    return observe(
        known,
        sightings,
        complete=complete,
        unresolved=unresolved,
        at=day(5),
        previous_at=day(4),
    )


def interval(
    digest: str,
    observed: float,
    previous: float | None = None,
    *,
    pushed: float | None = None,
    gone: tuple[float, float | None] | None = None,
) -> TagInterval:
    """An interval of the tag t; `gone` is when it was seen gone, and the listing before."""
    gone_at, gone_previous = gone or (None, None)
    days = [previous, pushed, gone_at, gone_previous]
    times = [None if one is None else day(one) for one in days]
    return TagInterval("t", digest, day(observed), *times)


def bounds(intervals: list[TagInterval]) -> list[tuple[str, Bound, Bound | None, bool]]:
    return [(span.digest, span.start, span.end, span.gone) for span in spans(intervals)]


def test_a_new_tag_and_a_moved_one_begin_and_the_others_do_not() -> None:
    changes = listed({"same": "a", "moved": "a"}, {"same": "a", "moved": "b", "new": "c"})
    assert [(one.tag, one.digest) for one in changes.begun] == [("moved", "b"), ("new", "c")]
    assert {(one.observed_at, one.previous_at) for one in changes.begun} == {(day(5), day(4))}
    assert changes.gone == ()


def test_a_tag_that_a_complete_listing_does_not_name_is_gone() -> None:
    assert listed({"z": "a", "t": "a"}, {}).gone == ("t", "z")


def test_a_tag_is_not_gone_from_a_listing_that_is_not_complete() -> None:
    assert listed({"t": "a"}, {}, complete=False) == TagChanges()


def test_a_tag_that_could_not_be_resolved_is_neither_gone_nor_moved() -> None:
    assert listed({"t": "a"}, {}, unresolved=("t",)) == TagChanges()


def test_a_push_of_the_same_digest_is_no_new_interval() -> None:
    changes = observe(
        {"t": "a"},
        {"t": ("a", day(4.5))},
        complete=True,
        unresolved=(),
        at=day(5),
        previous_at=day(4),
    )
    assert changes == TagChanges()


@pytest.mark.parametrize(
    ("pushed", "expected"),
    [
        (None, bound(5, 4)),
        (4.5, bound(4.5)),
        (5, bound(5)),
        (4, bound(5, 4)),  # the listing before would have shown it
        (-30, bound(5, 4)),
        (5.5, bound(5, 4)),  # in the future: the registry's clock is not to be trusted
    ],
)
def test_a_move_is_dated_by_its_push_where_that_is_news(
    pushed: float | None, expected: Bound
) -> None:
    assert start_of(interval("a", 5, 4, pushed=pushed)) == expected


@pytest.mark.parametrize(
    ("pushed", "expected"),
    [
        (None, bound(5, backfilled=True)),
        (-30, bound(-30, backfilled=True)),
        (5, bound(5, backfilled=True)),
        (5.5, bound(5, backfilled=True)),
    ],
)
def test_what_the_first_listing_shows_is_backfilled(pushed: float | None, expected: Bound) -> None:
    assert start_of(interval("a", 5, pushed=pushed)) == expected


@pytest.mark.parametrize("year", [1, 1970, 2012])
def test_a_push_before_there_were_images_dates_nothing(year: int) -> None:
    pushed = datetime(year, 1, 1, tzinfo=UTC)
    told = TagInterval("t", "a", day(5), None, pushed)
    assert start_of(told) == bound(5, backfilled=True)
    assert spans([told])[0].created_counts


def test_creation_counts_only_where_nothing_better_dates_the_first_listing() -> None:
    first = spans([interval("a", 5)])
    pushed = spans([interval("a", 5, pushed=1)])
    in_future = spans([interval("a", 5, pushed=9)])
    later = spans([interval("a", 5, 4)])
    assert [one[0].created_counts for one in (first, pushed, in_future, later)] == [
        True,
        False,
        True,
        False,
    ]


def test_a_moved_tag_ends_where_its_successor_begins() -> None:
    assert bounds([interval("b", 10, 9), interval("a", 0), interval("c", 20, 19, pushed=19.5)]) == [
        ("a", bound(0, backfilled=True), bound(10, 9), False),
        ("b", bound(10, 9), bound(19.5), False),
        ("c", bound(19.5), None, False),
    ]


def test_a_tag_that_is_gone_and_comes_back_has_two_spans() -> None:
    assert bounds([interval("a", 0, gone=(10, 9)), interval("a", 12, 11)]) == [
        ("a", bound(0, backfilled=True), bound(10, 9), True),
        ("a", bound(12, 11), None, False),
    ]


def test_a_push_before_the_tag_was_seen_otherwise_is_no_news() -> None:
    """One failing tag keeps listings incomplete, and the last complete one lies far behind."""
    moved = [interval("a", 8, 0), interval("b", 9, 0, pushed=5)]
    assert bounds(moved)[1][1] == bound(9, 8)
    returned = [interval("a", 0, gone=(8, 0)), interval("a", 9, 0, pushed=5)]
    assert bounds(returned)[1][1] == bound(9, 8)


def test_a_move_is_not_backfilled_where_the_tag_was_seen_before() -> None:
    never_listed_completely = [interval("a", 0), interval("b", 5), interval("c", 7, pushed=6)]
    assert bounds(never_listed_completely) == [
        ("a", bound(0, backfilled=True), bound(5, 0), False),
        ("b", bound(5, 0), bound(6), False),
        ("c", bound(6), None, False),
    ]
    assert [span.created_counts for span in spans(never_listed_completely)] == [True, False, False]


@pytest.mark.parametrize("previous", [None, 0, 5])
def test_a_tag_was_there_at_least_until_it_was_seen_last(previous: float | None) -> None:
    assert bounds([interval("a", 5, 0, gone=(10, previous))])[0][2] == bound(10, 5)


def test_spans_of_one_tag_never_overlap_and_leave_no_room_for_two() -> None:
    told = [interval("a", 0, pushed=-3), interval("b", 5), interval("a", 6, 0), interval("c", 9, 0)]
    found = spans(told)
    for one, following in pairwise(found):
        assert one.end is not None
        assert one.start.at < one.end.at <= following.start.at


def test_of_two_passes_at_one_time_the_later_counts() -> None:
    assert bounds([interval("a", 0), interval("b", 5, 4), interval("c", 5, 5)]) == [
        ("a", bound(0, backfilled=True), bound(5, 4), False),
        ("c", bound(5), None, False),
    ]


def test_what_came_and_went_at_one_time_leaves_its_predecessor_gone() -> None:
    assert bounds([interval("a", 0), interval("b", 5, 4, gone=(5, 5))]) == [
        ("a", bound(0, backfilled=True), bound(5), True)
    ]


def test_a_span_that_creation_may_date_is_kept_though_it_was_seen_at_its_end() -> None:
    assert [span.digest for span in spans([interval("a", 0), interval("b", 0, 0)])] == ["a", "b"]


def test_no_interval_means_no_span() -> None:
    assert spans([]) == []


def test_a_span_says_which_tag_and_when_it_was_seen() -> None:
    assert spans([interval("a", 5, 4)]) == [
        TagSpan("t", "a", day(5), bound(5, 4), None, gone=False)
    ]


@pytest.mark.parametrize(
    ("created", "plausible"),
    [
        (None, False),
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(2012, 12, 31, tzinfo=UTC), False),
        (datetime(2013, 1, 1, tzinfo=UTC), True),
        (day(5), True),
        (day(5.1), False),
    ],
)
def test_an_image_is_as_old_as_it_says_where_that_can_be_true(
    created: datetime | None, *, plausible: bool
) -> None:
    assert plausible_creation(created, day(5)) == (created if plausible else None)
