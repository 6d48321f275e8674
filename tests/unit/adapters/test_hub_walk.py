"""A list that changes while it is read is read whole, or is known not to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.adapters.registries.docker_hub.entries import Page, TagEntry
from watcher.adapters.registries.docker_hub.walk import list_all, list_news, walk
from watcher.domain.errors import TransientError

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def tag(name: str, minute: int | None, digest: str = "sha256:0") -> TagEntry:
    at = None if minute is None else NOON + timedelta(minutes=minute)
    return TagEntry(name, at, at, digest)


@dataclass
class Remote:
    """A list in pages of `size`, newest first, to which `between` happens after each page."""

    tags: dict[str, TagEntry]
    size: int = 2
    between: Callable[[Remote], None] = lambda _: None
    miscounted: int = 0
    order: Callable[[list[TagEntry]], list[TagEntry]] = lambda entries: entries
    taken: int = 0
    clock: int = 10_000
    all_along: set[str] = field(default_factory=set)

    def pages(self) -> Iterator[Page[TagEntry]]:
        self.all_along = set(self.tags)
        position = 0
        while True:
            newest_first = sorted(
                self.tags.values(), key=lambda one: one.updated_at or NOON, reverse=True
            )
            listed = self.order(newest_first)
            self.taken += 1
            end = position + self.size
            more = end < len(listed)
            count = len(listed) + self.miscounted
            yield Page(count, "more" if more else None, tuple(listed[position:end]))
            if not more:
                return
            position = end
            self.between(self)
            self.all_along &= set(self.tags)

    def push(self, name: str) -> None:
        self.clock += 1
        self.tags[name] = tag(name, self.clock, f"sha256:{self.clock}")

    def delete(self, name: str) -> None:
        self.tags.pop(name, None)


def remote(count: int, size: int = 2) -> Remote:
    return Remote({f"t{number}": tag(f"t{number}", number) for number in range(count)}, size)


def names(entries: tuple[TagEntry, ...]) -> set[str]:
    return {one.name for one in entries}


CHANGES = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["push", "delete"]), st.sampled_from([f"t{n}" for n in range(9)])
        ),
        max_size=4,
    ),
    max_size=8,
)


@given(CHANGES, st.integers(0, 9), st.integers(1, 4))
def test_a_whole_walk_misses_nothing_that_was_there_all_along(
    changes: list[list[tuple[str, str]]], count: int, size: int
) -> None:
    steps = iter(changes)

    def between(one: Remote) -> None:
        for action, name in next(steps, []):
            getattr(one, action)(name)

    source = remote(count, size)
    source.between = between
    found = walk(source.pages())
    if found.whole:
        assert source.all_along <= names(found.entries)


@given(CHANGES, st.integers(1, 9), st.integers(1, 4))
def test_whatever_is_listed_in_the_end_misses_nothing_either(
    changes: list[list[tuple[str, str]]], count: int, size: int
) -> None:
    steps = iter(changes)

    def between(one: Remote) -> None:
        for action, name in next(steps, []):
            getattr(one, action)(name)

    source = remote(count, size)
    source.between = between
    try:
        entries = list_all(source.pages, "tags")
    except TransientError:
        return
    assert source.all_along <= names(entries)


@given(CHANGES, st.integers(1, 9), st.integers(1, 4), st.integers(0, 9))
def test_news_name_every_tag_that_moved_before_they_were_asked_for(
    changes: list[list[tuple[str, str]]], count: int, size: int, moved: int
) -> None:
    steps = iter(changes)

    def between(one: Remote) -> None:
        for action, name in next(steps, []):
            getattr(one, action)(name)

    source = remote(count, size)
    known = dict(source.tags)
    for number in range(moved):
        source.push(f"t{number}")
    news = {name for name, one in source.tags.items() if known.get(name) != one}
    then = dict(source.tags)
    source.between = between
    since = max(one.pushed_at for one in known.values() if one.pushed_at)
    try:
        entries, complete = list_news(source.pages, since, known.keys(), "tags")
    except TransientError:
        return
    # What was pushed again meanwhile is news of the next time, newer than all that is known then.
    again = {name for name in news if source.tags.get(name) != then.get(name)}
    assert (news & source.all_along) - again <= names(entries)
    if complete:
        assert source.all_along <= names(entries)


def test_a_quiet_list_is_walked_once() -> None:
    source = remote(5)
    assert len(list_all(source.pages, "tags")) == 5
    assert source.taken == 3


def test_a_deletion_that_hides_another_tag_is_walked_again() -> None:
    """t5 and t4 were seen; with t5 gone, t3 slips onto the page before."""
    source = remote(6)
    once = iter([lambda: source.delete("t5")])
    source.between = lambda _: next(once, lambda: None)()
    assert names(list_all(source.pages, "tags")) == {"t0", "t1", "t2", "t3", "t4"}


def test_a_tag_that_moves_to_the_front_unseen_is_walked_again() -> None:
    source = remote(6)
    once = iter([lambda: source.push("t0")])
    source.between = lambda _: next(once, lambda: None)()
    found = {one.name: one.digest for one in list_all(source.pages, "tags")}
    assert found["t0"] == "sha256:10001"
    assert len(found) == 6


def test_tags_pushed_at_one_time_that_change_places_are_not_lost() -> None:
    source = Remote({f"t{number}": tag(f"t{number}", 0) for number in range(4)})
    turned = iter([False, True])

    def order(entries: list[TagEntry]) -> list[TagEntry]:
        by_name = sorted(entries, key=lambda one: one.name)
        return by_name[::-1] if next(turned, False) else by_name

    source.order = order
    assert names(list_all(source.pages, "tags")) == {"t0", "t1", "t2", "t3"}


@pytest.mark.parametrize("pushes", [1, 3])
def test_a_list_that_never_holds_still_is_a_passing_failure(pushes: int) -> None:
    source = remote(8)

    def between(one: Remote) -> None:
        for _ in range(pushes):
            one.push(f"new{one.clock}")

    source.between = between
    with pytest.raises(TransientError, match=r"the tags: \d+ were listed and \d+ counted"):
        list_all(source.pages, "the tags")


def test_more_counted_than_listed_is_never_everything() -> None:
    source = remote(6)
    source.miscounted = 1
    with pytest.raises(TransientError, match="6 were listed and 7 counted"):
        list_all(source.pages, "tags")


def test_a_count_that_is_capped_is_believed_after_two_equal_walks() -> None:
    source = remote(6)
    source.miscounted = -2
    assert len(list_all(source.pages, "tags")) == 6
    assert source.taken == 6


def test_a_list_in_another_order_is_believed_after_two_equal_walks() -> None:
    source = remote(6)
    source.order = lambda entries: sorted(entries, key=lambda one: one.name)
    assert len(list_all(source.pages, "tags")) == 6
    assert source.taken == 6


def test_an_empty_list_is_whole() -> None:
    assert list_all(remote(0).pages, "tags") == ()


SINCE = NOON + timedelta(minutes=50)


def test_news_end_where_the_rest_is_older() -> None:
    source = remote(100, size=10)
    known = source.tags.keys() - {"t99"}
    entries, complete = list_news(source.pages, SINCE, known, "tags")
    assert names(entries) == {f"t{number}" for number in range(40, 100)}
    assert not complete
    assert source.taken == 6


def test_tags_of_the_same_time_as_the_newest_known_are_all_looked_at() -> None:
    tags = {f"t{number}": tag(f"t{number}", 60) for number in range(10)}
    old = {f"o{number}": tag(f"o{number}", 1) for number in range(10)}
    source = Remote({**tags, **old}, size=3)
    entries, _ = list_news(source.pages, NOON + timedelta(minutes=60), {"t0", *old}, "tags")
    assert tags.keys() <= names(entries)


def test_an_old_push_that_was_touched_lately_ends_nothing() -> None:
    """Hub sorts by `last_updated`; what else than a push moves it is not told."""
    touched = TagEntry("touched", NOON + timedelta(minutes=90), NOON, "sha256:0")
    source = remote(60)
    source.tags["touched"] = touched
    source.tags["moved"] = tag("moved", 80, "sha256:1")
    entries, _ = list_news(source.pages, SINCE, {*source.tags} - {"moved"}, "tags")
    assert "moved" in names(entries)


def test_fewer_counted_than_known_means_that_something_is_gone() -> None:
    source = remote(100, size=10)
    known = {*source.tags, "gone"}
    entries, complete = list_news(source.pages, SINCE, known, "tags")
    assert complete
    assert len(entries) == 100


def test_a_deletion_behind_an_addition_is_not_taken_for_nothing() -> None:
    """The sum is right and one is gone all the same: nobody says that the list is complete."""
    source = remote(100, size=10)
    known = {*source.tags, "gone"}
    source.push("sha256-signature")
    _, complete = list_news(source.pages, SINCE, known, "tags")
    assert not complete or "gone" not in source.tags


def test_a_list_in_another_order_is_not_left_early() -> None:
    source = remote(60, size=10)
    source.tags["zz"] = tag("zz", 80, "sha256:1")
    source.order = lambda entries: sorted(entries, key=lambda one: one.name)
    entries, complete = list_news(source.pages, SINCE, source.tags.keys(), "tags")
    assert complete
    assert "zz" in names(entries)


def test_entries_without_a_time_stand_anywhere_and_end_nothing() -> None:
    source = remote(100, size=10)
    source.tags["undated"] = tag("undated", None)
    source.order = lambda entries: [
        *(one for one in entries if one.updated_at is None),
        *(one for one in entries if one.updated_at is not None),
    ]
    entries, complete = list_news(source.pages, SINCE, source.tags.keys(), "tags")
    assert "t99" in names(entries)
    assert not complete


def test_a_short_list_is_complete_at_once() -> None:
    source = remote(20, size=100)
    entries, complete = list_news(source.pages, SINCE, {"gone"}, "tags")
    assert complete
    assert len(entries) == 20
    assert source.taken == 1
