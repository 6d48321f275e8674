"""Tags out of artifacts, where the list was read while they moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watcher.adapters.registries.harbor.entries import ArtifactEntry, Tag
from watcher.adapters.registries.harbor.tags import read_tags
from watcher.ports.registry import LastSeen

EARLY = datetime(2026, 3, 1, tzinfo=UTC)
LATE = EARLY + timedelta(hours=1)
ONE, OTHER = ("sha256:" + figure * 64 for figure in "12")


def artifact(digest: str, *tags: Tag, image: bool = True) -> ArtifactEntry:
    return ArtifactEntry(1, "shop/api", 7, digest, image, tags)


@pytest.mark.parametrize("turned", [False, True])
def test_a_tag_in_two_places_is_where_it_moved_last(*, turned: bool) -> None:
    both = [artifact(ONE, Tag("a", EARLY)), artifact(OTHER, Tag("a", LATE))]
    tags = read_tags(reversed(both) if turned else both, {})
    assert tags.seen["a"].digest == OTHER
    assert tags.missing({}) == []


@pytest.mark.parametrize("times", [(None, None), (EARLY, None), (EARLY, EARLY)])
def test_a_tag_in_two_places_at_no_known_time_has_to_be_looked_at(
    times: tuple[datetime | None, datetime | None],
) -> None:
    first, second = times
    tags = read_tags([artifact(ONE, Tag("a", first)), artifact(OTHER, Tag("a", second))], {})
    assert tags.missing({}) == ["a"]


def test_known_tags_that_are_not_listed_are_missing() -> None:
    known = {name: LastSeen(ONE) for name in ("a", "b", "chart")}
    tags = read_tags(
        [artifact(ONE, Tag("a", None)), artifact(OTHER, Tag("chart", None), image=False)], known
    )
    assert tags.missing(known) == ["b"]
    assert tags.seen["chart"].digest == OTHER


def test_what_is_no_image_and_was_none_is_left_out() -> None:
    signed = Tag(ONE.replace(":", "-") + ".sig", None)
    tags = read_tags([artifact(ONE, signed), artifact(OTHER, Tag("c", None), image=False)], {})
    assert (tags.seen, tags.failed) == ({}, {})
