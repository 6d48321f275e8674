"""Streams: what names point to, line by line, tag by tag, platform by platform."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.days import bound, day
from watcher.domain.interval import Bound
from watcher.domain.inventory import TagInterval
from watcher.domain.pattern import Pattern, Selection
from watcher.domain.reference import Platform, Repository
from watcher.domain.stream import (
    Binding,
    EndReason,
    PlatformImage,
    Pointing,
    Stream,
    StreamRule,
    bindings,
    rule_for,
    streams_of,
    within,
)

AMD = Platform("linux", "amd64")
ARM = Platform("linux", "arm64")

VERSIONS = StreamRule(by="version")
BACKFILLED = bound(0, backfilled=True)

Told = tuple[str, Bound, Bound | None, EndReason | None]


def tag(
    name: str,
    digest: str,
    observed: float = 0,
    previous: float | None = None,
    *,
    pushed: float | None = None,
    gone: tuple[float, float] | None = None,
) -> TagInterval:
    """An interval of a tag; `gone` is when it was seen gone, and the listing before."""
    days = [previous, pushed, *(gone or (None, None))]
    times = [None if one is None else day(one) for one in days]
    return TagInterval(name, digest, day(observed), *times)


def told(stream: Stream) -> list[Told]:
    return [(one.digest, one.start, one.end, one.reason) for one in stream.pointings]


def names(rule: StreamRule, *tags: str) -> list[str]:
    found = streams_of([tag(name, "d") for name in tags], rule)
    return [stream.sign + stream.name for stream in found]


def line(*intervals: TagInterval, rule: StreamRule = VERSIONS) -> list[Told]:
    """What the one line that the intervals make pointed to."""
    (stream,) = streams_of(intervals, rule)
    return told(stream)


# Which streams there are.


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("latest main bookworm", [":bookworm", ":latest", ":main"]),
        ("1.0.0 1.1.0 2.0.0", ["#1", "#2"]),
        ("1.0.0 1.0.0-slim 1.1.0-alpine", ["#1", "#1-alpine", "#1-slim"]),
        ("1.0.0 latest 1 1.0 slim latest-slim 1.0.0-slim", ["#1", "#1-slim"]),
        ("1.0.0 latest edge", [":edge", "#1"]),
        ("1 2", ["#1", "#2"]),
        ("1.27.3-alpine3.20 1.27.3-alpine3.21 1.27.3", ["#1", "#1-alpine"]),
        ("1.0.0 1.0.0-amd64 1.0.0-arm64 latest-amd64 latest", ["#1"]),
        ("1.0.0-amd64 1.0.0-arm64", ["#1-amd64", "#1-arm64"]),
        ("main main-amd64 main-arm64 edge-amd64", [":edge-amd64", ":main"]),
        ("latest 1a2b3c4 20240101", [":latest"]),
        ("1.0.0 1a2b3c4", ["#1"]),
        ("1a2b3c4 20240101", ["#newest"]),
        ("2024.01.15 2024.02.01", ["#newest"]),
        ("2024.01.15 2024.1.5", ["#2024"]),
        ("main main-1a2b3c4", [":main"]),
        ("", []),
    ],
)
def test_without_a_rule_tags_become_streams_by_their_looks(tags: str, expected: list[str]) -> None:
    assert sorted(names(StreamRule(), *tags.split())) == sorted(expected)


@pytest.mark.parametrize(
    ("rule", "tags", "expected"),
    [
        (StreamRule(by="tag"), "1.0.0 latest 1a2b3c4", [":1.0.0", ":1a2b3c4", ":latest"]),
        (StreamRule(by="version"), "1.0.0 latest", ["#1"]),
        (StreamRule(by="version", lines="minor"), "1.2.3 1.2.4 1.3.0 2", ["#1.2", "#1.3", "#2"]),
        (StreamRule(by="version", lines="all"), "1.2.3 2.0.0 2.0.0-slim", ["#all", "#all-slim"]),
        (StreamRule(by="version", lines="all"), "20240101 20240102", ["#all"]),
        (
            StreamRule(flavours=frozenset({"alpine3.20"})),
            "1.27.3-alpine3.20 1.27.3",
            ["#1", "#1-alpine3.20"],
        ),
        (
            StreamRule(tags=Selection.parse(("*",), ("*-dev",))),
            "1.0.0 1.1.0-dev latest-dev",
            ["#1"],
        ),
    ],
)
def test_a_rule_says_what_a_stream_is(rule: StreamRule, tags: str, expected: list[str]) -> None:
    assert names(rule, *tags.split()) == expected


def test_a_line_goes_on_with_a_shorter_name_where_the_full_version_is_deleted() -> None:
    full, short = tag("1.2.3", "a", gone=(5, 4)), tag("1.2", "a")
    assert [one[:1] for one in line(full, short)] == [("a",), ("a",)]
    (stream,) = streams_of([full, short, tag("1.2", "b", 9, 8)], VERSIONS)
    images = {name: {AMD: PlatformImage(name, None)} for name in ("a", "b")}
    assert [(one.target, one.end) for one in bindings(stream, images)] == [
        ("a", bound(9, 8)),
        ("b", None),
    ]


def test_a_shorter_name_counts_for_nothing_while_a_full_version_is_there() -> None:
    moved = [tag("1", "a"), tag("1", "b", 5, 4), tag("1.0.0", "a")]
    assert line(*moved) == [("a", BACKFILLED, None, None)]


def test_the_first_rule_that_matches_counts() -> None:
    shop, every = StreamRule(Pattern("local/shop/**"), by="tag"), StreamRule(by="version")
    assert rule_for(Repository("local", "shop/api"), [shop, every]) is shop
    assert rule_for(Repository("local", "other"), [shop, every]) is every
    assert rule_for(Repository("local", "other"), [shop]) == StreamRule()


# Tags.


def test_a_tag_points_to_one_image_after_another() -> None:
    intervals = [tag("t", "a"), tag("t", "b", 10, 9), tag("t", "a", 14, 13, gone=(20, 19))]
    assert told(streams_of(intervals, StreamRule())[0]) == [
        ("a", BACKFILLED, bound(10, 9), "moved"),
        ("b", bound(10, 9), bound(14, 13), "moved"),
        ("a", bound(14, 13), bound(20, 19), "retired"),
    ]


def test_a_tag_that_comes_back_points_again() -> None:
    intervals = [tag("t", "a", gone=(10, 9)), tag("t", "a", 12, 11)]
    assert told(streams_of(intervals, StreamRule())[0]) == [
        ("a", BACKFILLED, bound(10, 9), "retired"),
        ("a", bound(12, 11), None, None),
    ]


# Version lines.


def test_of_all_that_a_first_listing_shows_the_highest_is_the_head() -> None:
    assert line(tag("1.0.0", "a", pushed=-20), tag("1.1.0", "b", pushed=-9), tag("1.0.9", "c")) == [
        ("b", bound(-9, backfilled=True), None, None)
    ]


def test_a_higher_version_overtakes_and_a_lower_one_does_not() -> None:
    assert line(tag("1.0.0", "a"), tag("1.1.0", "b", 10, 9), tag("1.0.1", "c", 20, 19)) == [
        ("a", BACKFILLED, bound(10, 9), "moved"),
        ("b", bound(10, 9), None, None),
    ]


def test_a_head_overtakes_when_it_was_pushed() -> None:
    assert line(tag("1.0.0", "a"), tag("1.1.0", "b", 10, 5, pushed=8)) == [
        ("a", BACKFILLED, bound(8), "moved"),
        ("b", bound(8), None, None),
    ]


def test_a_version_that_came_and_was_overtaken_between_two_listings_was_the_head() -> None:
    pushed = [tag("1.1.0", "b", 10, 5, pushed=8), tag("1.2.0", "c", 10, 5, pushed=9)]
    assert line(tag("1.0.0", "a"), *pushed) == [
        ("a", BACKFILLED, bound(8), "moved"),
        ("b", bound(8), bound(9), "moved"),
        ("c", bound(9), None, None),
    ]


def test_a_head_that_is_moved_is_followed() -> None:
    assert line(tag("1.0.0", "a"), tag("1.0.0", "b", 10, 9)) == [
        ("a", BACKFILLED, bound(10, 9), "moved"),
        ("b", bound(10, 9), None, None),
    ]


def test_a_line_falls_back_where_its_head_is_removed() -> None:
    assert line(tag("1.0.0", "a"), tag("1.1.0", "b", 10, 9, gone=(15, 12))) == [
        ("a", BACKFILLED, bound(10, 9), "moved"),
        ("b", bound(10, 9), bound(15, 12), "head_removed"),
        ("a", bound(15, 12), None, None),
    ]


def test_a_line_without_any_tag_left_is_retired_and_may_come_back() -> None:
    assert line(tag("1.0.0", "a", gone=(10, 9)), tag("1.1.0", "b", 20, 19)) == [
        ("a", BACKFILLED, bound(10, 9), "retired"),
        ("b", bound(20, 19), None, None),
    ]


def test_a_head_removed_in_the_pass_that_shows_a_higher_one_was_overtaken() -> None:
    assert line(tag("1.0.0", "a", gone=(10, 9)), tag("1.1.0", "b", 10, 9)) == [
        ("a", BACKFILLED, bound(10, 9), "moved"),
        ("b", bound(10, 9), None, None),
    ]


def test_a_head_removed_in_the_pass_that_shows_a_lower_one_was_removed() -> None:
    assert line(tag("1.1.0", "b", gone=(10, 9)), tag("1.0.0", "a", 10, 9)) == [
        ("b", BACKFILLED, bound(10, 9), "head_removed"),
        ("a", bound(10, 9), None, None),
    ]


def test_a_head_removed_in_one_pass_with_its_fallback_leaves_the_line_retired() -> None:
    tags = [tag("1.1.0", "b", 5, 4, gone=(10, 9)), tag("1.0.0", "a", gone=(10, 9))]
    assert line(*tags) == [
        ("a", BACKFILLED, bound(5, 4), "moved"),
        ("b", bound(5, 4), bound(10, 9), "retired"),
    ]


def test_a_prerelease_is_the_head_until_there_is_a_stable_version() -> None:
    assert line(tag("1.0.0-rc1", "a"), tag("1.0.0-rc2", "b", 5, 4), tag("1.0.0", "c", 9, 8)) == [
        ("a", BACKFILLED, bound(5, 4), "moved"),
        ("b", bound(5, 4), bound(9, 8), "moved"),
        ("c", bound(9, 8), None, None),
    ]


def test_a_stable_version_stays_the_head_beside_a_higher_prerelease() -> None:
    assert line(tag("1.0.0", "a"), tag("1.1.0-rc1", "b", 5, 4)) == [("a", BACKFILLED, None, None)]


def test_falling_back_from_a_stable_version_to_a_higher_prerelease_is_a_removal() -> None:
    assert line(tag("1.0.0", "a", gone=(10, 9)), tag("1.1.0-rc1", "b", 5, 4)) == [
        ("a", BACKFILLED, bound(10, 9), "head_removed"),
        ("b", bound(10, 9), None, None),
    ]


def test_a_stable_version_overtakes_a_higher_prerelease_that_is_removed() -> None:
    tags = [tag("2.0.0-rc1", "a", gone=(10, 9)), tag("1.9.0", "b", 10, 9)]
    assert line(*tags, rule=StreamRule(by="version", lines="all")) == [
        ("a", BACKFILLED, bound(10, 9), "moved"),
        ("b", bound(10, 9), None, None),
    ]


def test_of_two_names_for_one_version_the_newer_sighting_counts() -> None:
    assert line(tag("1.0.0", "a"), tag("v1.0.0", "b", 10, 9, gone=(15, 14))) == [
        ("a", BACKFILLED, bound(10, 9), "moved"),
        ("b", bound(10, 9), bound(15, 14), "head_removed"),
        ("a", bound(15, 14), None, None),
    ]


def test_builds_named_by_hashes_follow_each_other_as_they_appear() -> None:
    assert line(tag("1.0.0-f00f00f", "a"), tag("1.0.0-1a2b3c4", "b", 10, 9)) == [
        ("a", BACKFILLED, bound(10, 9), "moved"),
        ("b", bound(10, 9), None, None),
    ]


def test_of_two_passes_at_one_time_the_later_shows_the_head() -> None:
    assert line(tag("1.0.0", "a", 0), tag("1.0.0", "b", 0, 0)) == [("b", bound(0), None, None)]


def test_an_alias_is_no_head() -> None:
    assert line(tag("1.0.0", "a"), tag("1", "b"), tag("1.0", "c", 5, 4)) == [
        ("a", BACKFILLED, None, None)
    ]


def test_a_head_is_not_backfilled_over_the_one_it_overtakes() -> None:
    """Where no listing was ever complete, a new tag's push lies in a past somebody watched."""
    assert line(tag("1.0.0", "a", pushed=-20), tag("1.1.0", "b", 5, pushed=-10)) == [
        ("a", bound(-20, backfilled=True), bound(5, -10), "moved"),
        ("b", bound(5, -10), None, None),
    ]
    (stream,) = streams_of([tag("1.0.0", "a"), tag("1.1.0", "b", 5)], VERSIONS)
    assert [one.created_counts for one in stream.pointings] == [True, False]


def test_many_tags_are_sorted_in_good_time() -> None:
    many = [tag(f"1.{n // 100}.{n % 100}", str(n), n, n - 1) for n in range(3000)]
    (stream,) = streams_of(many, StreamRule())
    assert len(stream.pointings) == 3000
    assert stream.pointings[-1].digest == "2999"


def before(at: int) -> int | None:
    """The listing before one, of which the first has none."""
    return at - 1 if at else None


@st.composite
def histories(draw: st.DrawFn) -> list[TagInterval]:
    """Tags of one line over ten listings, each perhaps moved, removed and back."""
    found: list[TagInterval] = []
    for name in draw(
        st.sets(st.sampled_from(["1.0", "1.1", "1.2", "1.2-rc1", "v1.1"]), min_size=1)
    ):
        since: int | None = None
        for at in range(10):
            wanted = draw(st.sampled_from(["keep", "keep", "move", "remove"]))
            if wanted == "keep" and since is not None:
                continue
            if since is not None:
                gone = (at, at - 1) if wanted == "remove" else None
                found.append(tag(name, f"{name}@{since}", since, before(since), gone=gone))
                since = None
            if wanted == "move":
                since = at
        if since is not None:
            found.append(tag(name, f"{name}@{since}", since, before(since)))
    return found


@given(histories(), st.sampled_from([VERSIONS, StreamRule(by="tag")]), st.data())
def test_pointings_follow_each_other_in_whatever_order_tags_are_told(
    told_tags: list[TagInterval], rule: StreamRule, data: st.DataObject
) -> None:
    streams = streams_of(told_tags, rule)
    assert streams_of(data.draw(st.permutations(told_tags)), rule) == streams
    for stream in streams:
        for one, following in pairwise(stream.pointings):
            assert one.end is not None
            assert one.start.at < one.end.at <= following.start.at
            contiguous = one.end.at == following.start.at
            assert contiguous == (one.reason in {"moved", "head_removed"})
        last = stream.pointings[-1]
        assert last.end is None or last.reason == "retired"


# Bindings.


def image(digest: str, created: datetime | None = None) -> PlatformImage:
    return PlatformImage(digest, created)


def pointing(
    digest: str,
    start: Bound,
    end: Bound | None = None,
    reason: EndReason | None = None,
    *,
    observed: float | None = None,
    created_counts: bool = False,
) -> Pointing:
    seen_at = start.at if observed is None else day(observed)
    return Pointing(digest, seen_at, start, end, reason, created_counts)


def bind(
    *pointings: Pointing, images: Mapping[str, Mapping[Platform, str]], platforms: str = ""
) -> list[tuple[str, str | None, Bound, Bound | None, EndReason | None]]:
    resolved = {
        digest: {platform: image(name) for platform, name in members.items()}
        for digest, members in images.items()
    }
    wanted = frozenset(map(Platform.parse, platforms.split()))
    found = bindings(Stream("tag", "t", pointings), resolved, wanted)
    return [(str(one.platform), one.image, one.start, one.end, one.reason) for one in found]


A = pointing("ia", bound(0), bound(10, 9), "moved")
B = pointing("ib", bound(10, 9))
C = pointing("ic", bound(10, 9), bound(20, 19), "moved")
D = pointing("id", bound(20, 19))


def test_each_platform_of_an_index_is_bound_on_its_own() -> None:
    images = {"ia": {AMD: "a-amd", ARM: "a-arm"}, "ib": {AMD: "b-amd", ARM: "b-arm"}}
    assert bind(A, B, images=images) == [
        ("linux/amd64", "a-amd", bound(0), bound(10, 9), "moved"),
        ("linux/amd64", "b-amd", bound(10, 9), None, None),
        ("linux/arm64", "a-arm", bound(0), bound(10, 9), "moved"),
        ("linux/arm64", "b-arm", bound(10, 9), None, None),
    ]


def test_only_platforms_asked_for_are_bound() -> None:
    images = {"ia": {AMD: "a-amd", ARM: "a-arm"}, "ib": {AMD: "b-amd"}}
    found = bind(A, B, images=images, platforms="linux/arm64")
    assert [one[1] for one in found] == ["a-arm"]


def test_a_platform_begins_with_the_first_index_that_has_it() -> None:
    found = bind(A, B, images={"ia": {AMD: "a-amd"}, "ib": {AMD: "b-amd", ARM: "b-arm"}})
    assert found[-1] == ("linux/arm64", "b-arm", bound(10, 9), None, None)


def test_a_platform_is_gone_when_an_index_without_it_is_seen() -> None:
    found = bind(A, B, images={"ia": {AMD: "a-amd", ARM: "a-arm"}, "ib": {AMD: "b-amd"}})
    assert found[-1] == ("linux/arm64", "a-arm", bound(0), bound(10, 9), "platform_gone")


def test_a_platform_is_gone_at_the_observation_though_the_push_is_known() -> None:
    early = pointing("ia", bound(0), bound(8), "moved")
    pushed = pointing("ib", bound(8), observed=10)
    found = bind(early, pushed, images={"ia": {AMD: "a", ARM: "a-arm"}, "ib": {AMD: "b"}})
    assert found[-1] == ("linux/arm64", "a-arm", bound(0), bound(10, 8), "platform_gone")


def test_a_platform_comes_back_with_the_next_index_that_has_it() -> None:
    images = {"ia": {ARM: "a-arm"}, "ic": {AMD: "c"}, "id": {ARM: "d-arm"}}
    assert bind(A, C, D, images=images)[1:] == [
        ("linux/arm64", "a-arm", bound(0), bound(10, 9), "platform_gone"),
        ("linux/arm64", "d-arm", bound(20, 19), None, None),
    ]


@pytest.mark.parametrize("observed", [9, 10])
def test_an_index_replaced_before_anybody_saw_it_ends_no_platform(observed: float) -> None:
    early = pointing("ia", bound(0), bound(8), "moved")
    unseen = pointing("ic", bound(8), bound(9), "moved", observed=observed)
    last = pointing("id", bound(9), observed=10)
    images = {"ia": {ARM: "a-arm"}, "ic": {AMD: "c"}, "id": {ARM: "d-arm"}}
    assert bind(early, unseen, last, images=images)[1:] == [
        ("linux/arm64", "a-arm", bound(0), bound(9, 8), "moved"),
        ("linux/arm64", "d-arm", bound(9), None, None),
    ]


def test_a_head_that_falls_back_to_an_old_index_without_the_platform_was_removed() -> None:
    old = pointing("ib", bound(15, 14), observed=0)
    head = pointing("ia", bound(10), bound(15, 14), "head_removed")
    found = bind(head, old, images={"ia": {AMD: "a", ARM: "a-arm"}, "ib": {AMD: "b"}})
    assert found[-1] == ("linux/arm64", "a-arm", bound(10), bound(15, 14), "head_removed")


def test_an_index_not_resolved_yet_binds_every_known_platform_to_nothing_known() -> None:
    assert bind(A, B, images={"ia": {AMD: "a", ARM: "a-arm"}}) == [
        ("linux/amd64", "a", bound(0), bound(10, 9), "moved"),
        ("linux/amd64", None, bound(10, 9), None, None),
        ("linux/arm64", "a-arm", bound(0), bound(10, 9), "moved"),
        ("linux/arm64", None, bound(10, 9), None, None),
    ]


def test_nothing_resolved_at_all_is_bound_without_a_platform() -> None:
    assert bind(A, B, images={}) == [
        ("None", None, bound(0), bound(10, 9), "moved"),
        ("None", None, bound(10, 9), None, None),
    ]


def test_an_unresolved_index_before_one_without_the_platform_lasts_until_that_is_seen() -> None:
    found = bind(A, C, D, images={"ia": {ARM: "a-arm"}, "id": {AMD: "d"}})
    assert [one for one in found if one[0] == "linux/arm64"] == [
        ("linux/arm64", "a-arm", bound(0), bound(10, 9), "moved"),
        ("linux/arm64", None, bound(10, 9), bound(20, 19), "platform_gone"),
    ]


def test_a_digest_under_the_next_tag_of_a_line_goes_on() -> None:
    again = pointing("ia", bound(10, 9))
    assert bind(A, again, images={"ia": {AMD: "a"}}) == [("linux/amd64", "a", bound(0), None, None)]


def test_a_digest_that_comes_back_after_a_gap_is_bound_anew() -> None:
    gone = pointing("ia", bound(0), bound(10, 9), "retired")
    back = pointing("ia", bound(12, 11))
    assert len(bind(gone, back, images={"ia": {AMD: "a"}})) == 2


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        (day(-20), bound(-20, backfilled=True)),
        (datetime(1970, 1, 1, tzinfo=UTC), BACKFILLED),
        (day(400), BACKFILLED),
        (None, BACKFILLED),
    ],
)
def test_a_first_binding_reaches_back_to_a_plausible_creation(
    created: datetime | None, expected: Bound
) -> None:
    images = {"ia": {AMD: image("a", created)}}
    first = pointing("ia", BACKFILLED, created_counts=True)
    (found,) = bindings(Stream("tag", "t", (first,)), images)
    assert found.start == expected
    pushed = pointing("ia", bound(-3, backfilled=True), observed=0)
    (found,) = bindings(Stream("tag", "t", (pushed,)), images)
    assert found.start == bound(-3, backfilled=True)


def test_what_nobody_saw_for_any_time_is_no_binding() -> None:
    seen_twice = [tag("t", "ia", 0), tag("t", "ib", 0, 0)]
    (stream,) = streams_of(seen_twice, StreamRule(by="tag"))
    images = {"ia": {AMD: image("a")}, "ib": {AMD: image("b")}}
    assert [one.image for one in bindings(stream, images)] == ["b"]
    images["ia"] = {AMD: image("a", day(-20))}
    assert [one.image for one in bindings(stream, images)] == ["a", "b"]


# Scope.


def binding(start: Bound, end: Bound | None = None, reason: EndReason | None = None) -> Binding:
    return Binding(AMD, "a", "ia", start, end, reason)


def cut(
    one: Binding, since: float | None, until: float | None
) -> list[tuple[Bound, Bound | None, EndReason | None]]:
    times = [None if at is None else day(at) for at in (since, until)]
    return [(found.start, found.end, found.reason) for found in within([one], *times)]


def test_the_past_counts_where_a_repository_was_always_included() -> None:
    one = binding(bound(-20, backfilled=True), bound(10, 9), "moved")
    assert cut(one, None, None) == [(one.start, one.end, one.reason)]


def test_what_is_excluded_is_out_of_scope_from_then_on() -> None:
    assert cut(binding(bound(0)), None, 5) == [(bound(0), bound(5), "out_of_scope")]
    assert cut(binding(bound(0), bound(9, 4), "retired"), None, 5) == [
        (bound(0), bound(5), "out_of_scope")
    ]
    assert cut(binding(bound(0), bound(3, 2), "moved"), None, 5) == [
        (bound(0), bound(3, 2), "moved")
    ]
    assert cut(binding(bound(5, 4)), None, 5) == []


def test_what_ends_as_it_is_excluded_is_out_of_scope() -> None:
    """Nobody looks at what comes next, so that nothing is proved by it."""
    assert cut(binding(bound(0), bound(5, 4), "moved"), None, 5) == [
        (bound(0), bound(5), "out_of_scope")
    ]


def test_what_comes_back_begins_when_it_is_included_again() -> None:
    assert cut(binding(bound(0)), 20, None) == [(bound(20), None, None)]
    assert cut(binding(bound(20, 5)), 20, None) == [(bound(20, 5), None, None)]
    assert cut(binding(bound(22, 21)), 20, None) == [(bound(22, 21), None, None)]
    assert cut(binding(bound(0), bound(20, 5), "moved"), 20, None) == []


def test_a_scope_of_no_time_holds_nothing() -> None:
    assert cut(binding(bound(0)), 5, 5) == []
