"""By newest: of tags made once the last one counts; what nobody tells is not guessed."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.unit.domain.days import bound, day
from tests.unit.domain.test_stream import BACKFILLED, Told, tag, told
from watcher.domain.inventory import TagInterval
from watcher.domain.stream import Stream, StreamRule, streams_of
from watcher.domain.stream.newest import MOST

HASHES = ("1a2b3c4", "deadbeef", "0f0f0f0")
NOBODY: dict[str, datetime | None] = {}


def newest(
    *intervals: TagInterval, created: dict[str, datetime | None] = NOBODY, by_rule: bool = False
) -> Stream:
    rule = StreamRule(by="newest") if by_rule else StreamRule()
    (stream,) = streams_of(intervals, rule, created)
    assert (stream.by, stream.name, stream.sign) == ("newest", "newest", "#")
    return stream


def head(*intervals: TagInterval, **more: dict[str, datetime | None]) -> list[Told]:
    return told(newest(*intervals, **more))  # type: ignore[arg-type]


def test_each_new_tag_takes_over_from_the_one_before() -> None:
    first, second, third = HASHES
    assert head(
        tag(first, "a", pushed=-3), tag(second, "b", 5, 4, pushed=4.5), tag(third, "c", 9, 8)
    ) == [
        ("a", bound(-3, backfilled=True), bound(4.5), "moved"),
        ("b", bound(4.5), bound(9, 8), "moved"),
        ("c", bound(9, 8), None, None),
    ]


def test_old_tags_that_are_cleaned_away_change_nothing() -> None:
    first, second, _ = HASHES
    gone = tag(first, "a", gone=(20, 19))
    assert head(gone, tag(second, "b", 5, 4)) == [
        ("a", BACKFILLED, bound(5, 4), "moved"),
        ("b", bound(5, 4), None, None),
    ]


def test_where_the_newest_is_removed_the_one_before_counts_again() -> None:
    first, second, _ = HASHES
    assert head(tag(first, "a"), tag(second, "b", 5, 4, gone=(7, 6))) == [
        ("a", BACKFILLED, bound(5, 4), "moved"),
        ("b", bound(5, 4), bound(7, 6), "head_removed"),
        ("a", bound(7, 6), None, None),
    ]


def test_pushes_order_what_the_first_listing_found() -> None:
    first, second, third = HASHES
    every = [tag(first, "a", pushed=-9), tag(second, "b", pushed=-2), tag(third, "c", pushed=-5)]
    assert head(*every) == [("b", bound(-2, backfilled=True), None, None)]


@pytest.mark.parametrize(
    ("tags", "last"),
    [
        ("20240102 20240110 20240109", "20240110"),
        ("2024-01-02 2024-01-10", "2024-01-10"),
        ("99998 100001 100000", "100001"),
        ("20240101.9 20240101.10", "20240101.10"),
    ],
)
def test_dates_and_numbers_order_themselves(tags: str, last: str) -> None:
    ((found, *_),) = head(*(tag(name, name) for name in tags.split()))
    assert found == last


def test_images_order_hashes_that_nobody_dated() -> None:
    first, second, third = HASHES
    every = [tag(first, "a"), tag(second, "b"), tag(third, "c")]
    assert newest(*every).undecided == {"a", "b", "c"}
    assert newest(*every, created={"a": day(-9)}).undecided == {"b", "c"}
    known = newest(*every, created={"a": day(-9), "b": day(-2), "c": None})
    assert known.undecided == frozenset()
    assert [one.digest for one in known.pointings] == ["b"]


def test_an_image_from_the_future_or_from_before_all_images_is_not_believed() -> None:
    first, second, third = HASHES
    every = [tag(first, "a"), tag(second, "b"), tag(third, "c")]
    known = newest(*every, created={"a": day(-9), "b": day(5), "c": day(-20_000)})
    assert [one.digest for one in known.pointings] == ["a"]


def test_one_image_under_many_names_needs_no_order() -> None:
    first, second, _ = HASHES
    assert newest(tag(first, "a"), tag(second, "a")).undecided == frozenset()


def test_very_many_tags_that_nobody_dated_wait_for_the_next_push() -> None:
    many = [tag(f"{number:07x}a", f"d{number}") for number in range(MOST + 1)]
    stream = newest(*many)
    assert stream.pointings == ()
    assert stream.not_covered
    assert f"which of its {MOST + 1} tags is the newest" in stream.not_covered
    assert told(newest(*many, tag("fffffff1", "new", 5, 4))) == [("new", bound(5, 4), None, None)]


def test_a_rule_makes_one_stream_of_any_tags() -> None:
    every = (tag("main", "a"), tag("1.0.0", "b", 5, 4), tag("main", "c", 9, 8))
    stream = newest(*every, by_rule=True)
    assert [one.digest for one in stream.pointings] == ["a", "b", "c"]


def test_a_repository_without_a_tag_has_no_stream() -> None:
    assert streams_of([], StreamRule(by="newest")) == []
