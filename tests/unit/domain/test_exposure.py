"""The fold: what exposes, since when, until when, and why it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import pytest

from tests.unit.domain.days import bound, day
from watcher.domain.exposure import Content, Episode, Held, fold, is_flap, presumed
from watcher.domain.interval import Bound
from watcher.domain.knowledge import Match, MatchEnd
from watcher.domain.reference import Platform
from watcher.domain.stream import Binding, EndReason

P, Q, R = 1, 2, 3

Told = tuple[Bound, Bound | None, str | None]


def held(
    image: str,
    packages: Sequence[int] | None,
    start: Bound,
    end: Bound | None = None,
    reason: EndReason | None = None,
) -> Held:
    """A binding with the packages of its image, None while they are not known."""
    contents = () if packages is None else (Content(frozenset(packages)),)
    binding = Binding(Platform("linux", "amd64"), image, f"i{image}", start, end, reason)
    return Held(binding, contents)


def match(start: Bound, end: Bound | None = None, cause: MatchEnd | None = None) -> Match:
    return Match(start, end, cause or ("knowledge_withdrawn" if end else None))


ALWAYS = {P: [match(bound(-9))]}


def episodes(
    history: Sequence[Held], matches: Mapping[int, Sequence[Match]] = ALWAYS
) -> list[Episode]:
    return fold(presumed(history), matches)


def told(history: Sequence[Held], matches: Mapping[int, Sequence[Match]] = ALWAYS) -> list[Told]:
    return [(one.start, one.end, one.cause) for one in episodes(history, matches)]


# Intersections.


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (bound(-9), bound(0, -1)),
        (bound(-9, backfilled=True), bound(0, -1)),
        (bound(5), bound(5)),
        (bound(5, backfilled=True), bound(5, backfilled=True)),
        (bound(5, -3), bound(5, -1)),  # no earlier than the image can have been there
    ],
)
def test_an_episode_starts_where_both_are_true(start: Bound, expected: Bound) -> None:
    assert told([held("a", [P], bound(0, -1))], {P: [match(start)]}) == [(expected, None, None)]


def test_an_image_without_the_package_is_not_exposed() -> None:
    assert told([held("a", [Q], bound(0))]) == []
    assert told([held("a", [], bound(0))]) == []
    assert told([held("a", [P], bound(0))], {}) == []
    assert told([]) == []


def test_an_empty_intersection_is_nothing() -> None:
    gone_before = [held("a", [P], bound(0), bound(5), "retired")]
    assert told(gone_before, {P: [match(bound(5))]}) == []
    assert told(gone_before, {P: [match(bound(-5), bound(0))]}) == []
    assert told(gone_before, {P: [match(bound(3), bound(3))]}) == []


def test_packages_that_match_by_turns_make_one_episode() -> None:
    matches = {P: [match(bound(1), bound(4))], Q: [match(bound(4), bound(9))]}
    assert told([held("a", [P, Q], bound(0))], matches) == [
        (bound(1), bound(9), "knowledge_withdrawn")
    ]


def test_a_gap_however_short_makes_two() -> None:
    matches = {P: [match(bound(1), bound(4)), match(bound(4.01))]}
    assert [one[:2] for one in told([held("a", [P], bound(0))], matches)] == [
        (bound(1), bound(4)),
        (bound(4.01), None),
    ]


@pytest.mark.parametrize(("gap", "expected"), [(0.99, True), (1, False), (3, False)])
def test_a_gap_under_a_day_is_a_flap(gap: float, *, expected: bool) -> None:
    assert is_flap(day(4), day(4 + gap)) is expected
    assert not is_flap(None, day(4))


# Why an episode ends.


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("moved", "remediated"),
        ("retired", "retired"),
        ("head_removed", "head_removed"),
        ("platform_gone", "platform_gone"),
        ("out_of_scope", "out_of_scope"),
    ],
)
def test_an_episode_ends_with_its_binding_and_says_why(reason: EndReason, cause: str) -> None:
    history = [held("a", [P], bound(0), bound(5, 4), reason), held("b", [Q], bound(5, 4))]
    (episode,) = episodes(history)
    assert (episode.end, episode.cause) == (bound(5, 4), cause)
    assert episode.ended_by == ("b" if cause == "remediated" else None)


@pytest.mark.parametrize("cause", ["knowledge_withdrawn", "detection_change"])
def test_an_episode_ends_with_its_match_and_says_why(cause: MatchEnd) -> None:
    matches = {P: [match(bound(-9), bound(5), cause)]}
    assert told([held("a", [P], bound(0))], matches) == [(bound(0), bound(5), cause)]


def test_a_package_that_a_new_catalogue_lacks_was_a_matter_of_detection() -> None:
    binding = held("a", [], bound(0)).binding
    contents = (Content(frozenset({P}), None, day(5)), Content(frozenset({Q}), day(5), None))
    assert told([Held(binding, contents)]) == [(bound(0), bound(5), "detection_change")]
    matches = {**ALWAYS, Q: [match(bound(-9))]}
    assert told([Held(binding, contents)], matches) == [(bound(0), None, None)]
    assert told([Held(binding, contents)], {Q: [match(bound(-9))]}) == [(bound(5), None, None)]


def test_a_catalogue_that_ends_with_its_binding_is_no_reason_of_its_own() -> None:
    first = held("a", [P], bound(0), bound(5), "moved").binding
    history = [Held(first, (Content(frozenset({P}), None, day(5)),)), held("b", [Q], bound(5))]
    assert told(history) == [(bound(0), bound(5), "remediated")]


def test_a_binding_that_ended_first_says_why() -> None:
    history = [held("a", [P], bound(0), bound(4), "moved"), held("b", [Q], bound(4))]
    assert told(history, {P: [match(bound(-9), bound(5))]}) == [(bound(0), bound(4), "remediated")]


def test_a_match_that_ended_first_says_why() -> None:
    history = [held("a", [P], bound(0), bound(6), "moved"), held("b", [Q], bound(6))]
    assert told(history, {P: [match(bound(-9), bound(5))]}) == [
        (bound(0), bound(5), "knowledge_withdrawn")
    ]


@pytest.mark.parametrize(
    ("following", "cause"), [([P], "knowledge_withdrawn"), ([Q], "remediated")]
)
def test_where_both_end_at_once_the_next_image_decides(following: list[int], cause: str) -> None:
    history = [held("a", [P], bound(0), bound(5, 4), "moved"), held("b", following, bound(5, 4))]
    ((_, end, why),) = told(history, {P: [match(bound(-9), bound(5))]})
    assert (end, why) == (bound(5) if following == [P] else bound(5, 4), cause)


@pytest.mark.parametrize("reason", ["retired", "head_removed", "platform_gone", "out_of_scope"])
def test_where_both_end_at_once_a_stream_that_ends_says_why(reason: EndReason) -> None:
    history = [held("a", [P], bound(0), bound(5), reason)]
    assert told(history, {P: [match(bound(-9), bound(5))]})[0][2] == reason


def test_it_is_no_success_where_one_package_was_withdrawn_and_the_other_removed() -> None:
    history = [held("a", [P, Q], bound(0), bound(5), "moved"), held("b", [P], bound(5))]
    matches = {P: [match(bound(-9), bound(5))], Q: [match(bound(-9))]}
    assert told(history, matches) == [(bound(0), bound(5), "knowledge_withdrawn")]


def test_the_package_that_matched_last_says_why() -> None:
    history = [held("a", [P, Q], bound(0), bound(5), "moved"), held("b", [R], bound(5))]
    matches = {P: [match(bound(-9), bound(3))], Q: [match(bound(-9))]}
    (episode,) = episodes(history, matches)
    assert (episode.end, episode.cause) == (bound(5), "remediated")
    assert episode.packages == {Q}


# Over several images.


def test_a_rebuild_with_an_affected_package_goes_on() -> None:
    history = [held("a", [P], bound(0), bound(5, 4), "moved"), held("b", [P, Q], bound(5, 4))]
    (episode,) = episodes(history)
    assert (episode.start, episode.end) == (bound(0), None)
    assert (episode.first_image, episode.last_image) == ("a", "b")
    assert (episode.present, episode.packages) == (day(0), frozenset({P}))


def test_a_rebuild_that_swaps_an_affected_package_for_another_goes_on() -> None:
    history = [held("a", [P], bound(0), bound(5, 4), "moved"), held("b", [Q], bound(5, 4))]
    (episode,) = episodes(history, {**ALWAYS, Q: [match(bound(-9))]})
    assert (episode.end, episode.present, episode.packages) == (None, day(0), frozenset({Q}))


def test_a_rollback_opens_another_episode() -> None:
    history = [
        held("a", [P], bound(0), bound(5), "moved"),
        held("b", [Q], bound(5), bound(9), "moved"),
        held("a", [P], bound(9)),
    ]
    assert told(history) == [(bound(0), bound(5), "remediated"), (bound(9), None, None)]
    assert [one.present for one in episodes(history)] == [day(0), day(9)]


def test_a_tag_that_comes_back_opens_another_episode() -> None:
    history = [held("a", [P], bound(0), bound(5), "retired"), held("a", [P], bound(7, 6))]
    assert told(history) == [(bound(0), bound(5), "retired"), (bound(7, 6), None, None)]
    assert [one.present for one in episodes(history)] == [day(0), day(7)]


def test_present_is_the_start_of_the_unbroken_run_of_affected_bindings() -> None:
    history = [
        held("z", [Q], bound(-5), bound(0), "moved"),
        held("a", [P], bound(0), bound(5), "moved"),
        held("b", [P], bound(5)),
    ]
    assert [one.present for one in episodes(history, {P: [match(bound(7))]})] == [day(0)]
    again = {P: [match(bound(1), bound(2)), match(bound(7))]}
    assert [one.present for one in episodes(history, again)] == [day(0), day(0)]


def test_present_does_not_reach_back_to_a_package_that_matched_another_time() -> None:
    history = [held("a", [Q], bound(0), bound(5), "moved"), held("b", [P], bound(5))]
    matches = {**ALWAYS, Q: [match(bound(-9), bound(-5))]}
    assert [one.present for one in episodes(history, matches)] == [day(5)]


# Doubt.


def test_an_end_by_knowledge_is_doubtful_where_the_image_may_have_been_replaced_before() -> None:
    history = [held("a", [P], bound(0), bound(22, 1), "moved"), held("b", [Q], bound(22, 1))]
    assert told(history, {P: [match(bound(-9), bound(9))]}) == [
        (bound(0), bound(9, 1), "knowledge_withdrawn")
    ]


def test_it_is_not_doubtful_where_the_next_image_has_the_package_too() -> None:
    history = [held("a", [P], bound(0), bound(22, 1), "moved"), held("b", [P], bound(22, 1))]
    assert told(history, {P: [match(bound(-9), bound(9))]}) == [
        (bound(0), bound(9), "knowledge_withdrawn")
    ]


def test_an_end_is_no_earlier_than_its_start() -> None:
    history = [held("a", [P], bound(0), bound(22, 1), "moved"), held("b", [Q], bound(22, 1))]
    assert told(history, {P: [match(bound(9))]}) == [(bound(9), bound(22, 9), "remediated")]


def test_a_start_is_doubtful_where_another_image_may_have_begun_before() -> None:
    history = [held("a", [P], bound(0), bound(9, 1), "moved"), held("b", [Q], bound(9, 1))]
    matches = {P: [match(bound(5))], Q: [match(bound(-9))]}
    assert told(history, matches) == [(bound(5, 1), None, None)]


def test_a_start_is_backfilled_only_where_nothing_dates_it() -> None:
    matches = {P: [match(bound(2, backfilled=True))], Q: [match(bound(2))]}
    assert told([held("a", [P, Q], bound(0))], matches) == [(bound(2), None, None)]
    assert told([held("a", [P], bound(0))], matches) == [(bound(2, backfilled=True), None, None)]


# Images not known yet.

A = held("a", [P], bound(0), bound(5, 4), "moved")


def test_what_is_open_stays_open_over_an_unknown_image() -> None:
    assert told([A, held("x", None, bound(5, 4))]) == [(bound(0), None, None)]


def test_nothing_opens_over_an_unknown_image() -> None:
    history = [A, held("x", None, bound(5, 4))]
    assert told(history, {P: [match(bound(5))]}) == []
    assert told(history, {P: [match(bound(6))]}) == []
    assert told(history, {P: [match(bound(4.9))]}) == [(bound(4.9), None, None)]


def test_an_unknown_image_that_becomes_known_is_judged_by_what_it_has() -> None:
    assert told([A, held("x", [Q], bound(5, 4))]) == [(bound(0), bound(5, 4), "remediated")]
    assert told([A, held("x", [P], bound(5, 4))]) == [(bound(0), None, None)]


def test_what_the_next_known_image_lacks_ended_when_that_came_or_any_time_before() -> None:
    history = [A, held("x", None, bound(5, 4), bound(8, 7), "moved"), held("c", [Q], bound(8, 7))]
    (episode,) = episodes(history)
    assert (episode.end, episode.cause) == (bound(8, 4), "remediated")
    assert (episode.last_image, episode.ended_by) == ("a", "c")


def test_what_the_next_known_image_has_went_on() -> None:
    history = [A, held("x", None, bound(5, 4), bound(8, 7), "moved"), held("c", [P], bound(8, 7))]
    (episode,) = episodes(history)
    assert (episode.start, episode.end, episode.present) == (bound(0), None, day(0))


def test_what_only_the_next_known_image_has_may_have_begun_with_the_unknown_one() -> None:
    history = [A, held("x", None, bound(5, 4), bound(8, 7), "moved"), held("c", [Q], bound(8, 7))]
    assert told(history, {Q: [match(bound(-9))]}) == [(bound(8, 4), None, None)]
    assert told(history, {Q: [match(bound(6))]}) == [(bound(8, 6), None, None)]
    first = [held("x", None, bound(0), bound(8), "moved"), held("c", [Q], bound(8))]
    assert told(first, {Q: [match(bound(-9))]}) == [(bound(8, 0), None, None)]


@pytest.mark.parametrize("reason", ["retired", "head_removed", "platform_gone", "out_of_scope"])
def test_an_unknown_image_ends_what_is_open_as_it_ends_itself(reason: EndReason) -> None:
    history = [A, held("x", None, bound(5, 4), bound(8, 7), reason)]
    assert told(history) == [(bound(0), bound(8, 4), reason)]


def test_several_unknown_images_are_one_stretch() -> None:
    history = [
        A,
        held("x", None, bound(5, 4), bound(6), "moved"),
        held("y", None, bound(6), bound(8, 7), "moved"),
        held("c", [Q], bound(8, 7)),
    ]
    assert told(history) == [(bound(0), bound(8, 4), "remediated")]
    assert told(history, {Q: [match(bound(-9))]}) == [(bound(8, 4), None, None)]


def test_knowledge_still_ends_what_is_open_over_an_unknown_image() -> None:
    history = [A, held("x", None, bound(5, 4))]
    assert told(history, {P: [match(bound(-9), bound(6))]}) == [
        (bound(0), bound(6), "knowledge_withdrawn")
    ]
    replaced = [A, held("x", None, bound(5, 4), bound(8), "moved"), held("c", [P], bound(8))]
    again = {P: [match(bound(-9), bound(6)), match(bound(7))]}
    assert told(replaced, again) == [
        (bound(0), bound(6, 4), "knowledge_withdrawn"),
        (bound(8, 7), None, None),
    ]


def test_what_is_open_lasts_while_any_package_of_the_last_known_image_matches() -> None:
    history = [held("a", [P, Q], bound(0), bound(5), "moved"), held("x", None, bound(5))]
    matches = {P: [match(bound(-9), bound(7))], Q: [match(bound(6), bound(8))]}
    assert told(history, matches) == [(bound(0), bound(8), "knowledge_withdrawn")]
    apart = {P: [match(bound(-9), bound(6))], Q: [match(bound(7), bound(8))]}
    assert told(history, apart) == [(bound(0), bound(6), "knowledge_withdrawn")]


def test_an_unknown_image_after_a_gap_carries_nothing_on() -> None:
    history = [
        held("a", [P], bound(0), bound(5), "retired"),
        held("x", None, bound(7), bound(9), "moved"),
        held("y", None, bound(9), bound(11), "moved"),
        held("c", [P], bound(11)),
    ]
    assert told(history) == [(bound(0), bound(5), "retired"), (bound(11, 7), None, None)]


def test_an_unknown_image_before_a_gap_leaves_no_doubt_behind_it() -> None:
    history = [A, held("x", None, bound(5), bound(8), "retired"), held("c", [P], bound(12, 11))]
    assert told(history)[1] == (bound(12, 11), None, None)


def test_only_unknown_images_expose_to_nothing() -> None:
    assert presumed([held("x", None, bound(0), bound(5), "moved"), held("y", None, bound(5))]) == []


# The fold as a function.


def test_the_numbers_of_packages_do_not_matter() -> None:
    history = [held("a", [P, Q], bound(0), bound(5, 4), "moved"), held("b", [R], bound(5, 4))]
    matches = {
        P: [match(bound(1, 0), bound(5, 2))],
        Q: [match(bound(1)), match(bound(-3), bound(0))],
        R: [match(bound(3), bound(9))],
    }
    found = set()
    for renamed in permutations([P, Q, R]):
        names = dict(zip([P, Q, R], renamed, strict=True))
        told_again = [
            held(
                one.binding.image or "",
                [names[package] for package in sorted(one.contents[0].packages)],
                one.binding.start,
                one.binding.end,
                one.binding.reason,
            )
            for one in history
        ]
        by_number = {names[package]: matches[package] for package in matches}
        found.add(tuple(told(told_again, by_number)))
    assert len(found) == 1
