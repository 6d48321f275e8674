"""The fold against the oracle: the same histories, told to both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.oracle import HORIZON, Believed, Exposed, Shown, Stated, look
from watcher.domain.exposure import Content, Episode, Held, fold, presumed
from watcher.domain.interval import Bound
from watcher.domain.knowledge import Match
from watcher.domain.reference import Platform
from watcher.domain.stream import Binding
from watcher.domain.vex import Excuse, Said, excuses

pytestmark = pytest.mark.slow

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
PACKAGES = "pqr"
GOES_ON = ["moved", "moved", "head_removed", "detection_change"]
ENDS = ["retired", "platform_gone", "out_of_scope"]
UNKNOWN_ONE_IN = 4


@dataclass(frozen=True, slots=True)
class Story:
    """A small history, as the oracle is told it."""

    shown: tuple[Shown, ...]
    believed: Mapping[str, tuple[Believed, ...]]
    stated: tuple[Stated, ...] = ()


@st.composite
def stories(draw: st.DrawFn) -> Story:
    shown = draw(showings())
    # Of two ids of one vulnerability: a package may match either, or both.
    believed = {package: draw(beliefs()) + draw(beliefs()) for package in PACKAGES}
    return Story(shown, believed, draw(statements([one.image for one in shown])))


@st.composite
def statements(draw: st.DrawFn, images: list[str]) -> tuple[Stated, ...]:
    found: list[Stated] = []
    for _ in range(draw(st.integers(0, 4))):
        since = draw(st.integers(-4, HORIZON - 8))
        status = st.sampled_from(["not_affected", "not_affected", "not_affected", "affected"])
        found.append(
            Stated(
                author=draw(st.sampled_from(["acme", "vendor"])),
                status=draw(status | st.sampled_from(["fixed", "under_investigation"])),
                made=since - draw(st.integers(0, 2)),
                since=since,
                until=draw(st.none() | st.integers(since + 1, min(since + 12, HORIZON - 1))),
                packages=draw(st.frozensets(st.sampled_from(PACKAGES), min_size=1)),
                image=draw(st.sampled_from([None, *images])),
            )
        )
    return tuple(found)


@st.composite
def showings(draw: st.DrawFn) -> tuple[Shown, ...]:
    found: list[Shown] = []
    hour = draw(st.integers(0, 3))
    contents = st.frozensets(st.sampled_from(PACKAGES), max_size=2)
    while hour < HORIZON - 8:
        packages = None if draw(st.integers(1, UNKNOWN_ONE_IN)) == 1 else draw(contents)
        until = hour + draw(st.integers(1, 6))
        reasons = ["moved", "head_removed"] if packages is None else GOES_ON
        left = draw(st.sampled_from([*reasons, *reasons, *ENDS, "open"]))
        image = f"image@{hour}"
        if left == "open":
            return (*found, Shown(hour, None, packages, None, image))
        if left == "detection_change":  # the same image, and what is known of it later
            found.append(Shown(hour, until, packages, left, image))
            found.append(Shown(until, until + 2, draw(contents), "moved", image))
            hour = until + 2
        else:
            found.append(Shown(hour, until, packages, left, image))
            hour = until + (draw(st.integers(1, 3)) if left in ENDS else 0)
    return _ended(found)


def _ended(found: list[Shown]) -> tuple[Shown, ...]:
    """The last showing lasts, or ends for a reason that needs no successor."""
    last = found[-1]
    if last.left in ENDS:
        return tuple(found)
    return (*found[:-1], replace(last, until=None, left=None))


@st.composite
def beliefs(draw: st.DrawFn) -> tuple[Believed, ...]:
    found: list[Believed] = []
    hour = draw(st.integers(-4, 12))
    while hour < HORIZON - 8 and draw(st.booleans()):
        until = draw(st.none() | st.integers(hour + 1, hour + 10))
        if until is None:
            return (*found, Believed(hour, None, None))
        why = draw(st.sampled_from(["knowledge_withdrawn", "detection_change"]))
        found.append(Believed(hour, until, why))
        hour = until + draw(st.integers(0, 4))
    return tuple(found)


def at(hour: int) -> Bound:
    return Bound(MIDNIGHT + timedelta(hours=hour))


def number(package: str) -> int:
    return PACKAGES.index(package)


def history_of(shown: Sequence[Shown]) -> list[Held]:
    """Tell the fold: what one image shows by two catalogues is one binding."""
    history: list[Held] = []
    catalogues: list[Shown] = []
    for one in shown:
        catalogues.append(one)
        if one.left != "detection_change":
            history.append(_binding(catalogues))
            catalogues = []
    return history


def _binding(catalogues: Sequence[Shown]) -> Held:
    first, last = catalogues[0], catalogues[-1]
    binding = Binding(
        Platform("linux", "amd64"),
        first.image,
        f"index of {first.image}",
        at(first.since),
        None if last.until is None else at(last.until),
        last.left,  # type: ignore[arg-type]
    )
    contents = tuple(
        Content(
            frozenset(map(number, one.packages)),
            None if one is first else at(one.since).at,
            None if one is last or one.until is None else at(one.until).at,
        )
        for one in catalogues
        if one.packages is not None
    )
    return Held(binding, contents)


def matches_of(believed: Mapping[str, Sequence[Believed]]) -> dict[int, list[Match]]:
    return {
        number(package): [
            Match(at(one.since), None if one.until is None else at(one.until), one.why)  # type: ignore[arg-type]
            for one in runs
        ]
        for package, runs in believed.items()
        if runs
    }


def excused_of(story: Story) -> dict[tuple[str | None, str, int], tuple[Excuse, ...]]:
    found: dict[tuple[str | None, str, int], tuple[Excuse, ...]] = {}
    for image in {one.image for one in story.shown}:
        for package in PACKAGES:
            said = [
                Said(
                    one.author,
                    one.status,  # type: ignore[arg-type]
                    at(one.made).at,
                    at(one.since),
                    None if one.until is None else at(one.until),
                )
                for one in story.stated
                if package in one.packages and one.image in {None, image}
            ]
            found[image, f"index of {image}", number(package)] = excuses(said)
    return found


def told(story: Story) -> list[Episode]:
    history = presumed(history_of(story.shown))
    return fold(history, matches_of(story.believed), excused_of(story))


def seen(episode: Episode) -> Exposed:
    """An episode as the oracle would write it down."""
    since = int((episode.start.at - MIDNIGHT) / timedelta(hours=1))
    until = None if not episode.end else int((episode.end.at - MIDNIGHT) / timedelta(hours=1))
    packages = frozenset(PACKAGES[one] for one in episode.packages)
    return Exposed(since, until, episode.cause, packages)


@given(stories())
def test_the_fold_finds_what_the_oracle_sees_hour_by_hour(story: Story) -> None:
    assert [seen(one) for one in told(story)] == look(story.shown, story.believed, story.stated)


@given(stories())
def test_episodes_are_apart_and_only_a_changed_image_remediates(story: Story) -> None:
    episodes = told(story)
    for one, following in pairwise(episodes):
        assert one.end is not None
        assert one.start.at < one.end.at < following.start.at
    starts = {at(one.since).at for one in story.shown}
    for one in episodes:
        assert one.present <= one.start.at
        assert (one.end is None) == (one.cause is None)
        if one.cause == "remediated":
            assert one.end is not None
            assert one.end.at in starts
            assert one.ended_by not in {None, one.last_image}


@given(stories(), st.permutations(PACKAGES))
def test_how_packages_are_numbered_does_not_matter(story: Story, renamed: list[str]) -> None:
    """Numbers are given in the order of arrival."""
    names = dict(zip(PACKAGES, renamed, strict=True))
    shown = tuple(
        replace(
            one,
            packages=None if one.packages is None else frozenset(names[p] for p in one.packages),
        )
        for one in story.shown
    )
    stated = tuple(
        replace(one, packages=frozenset(names[p] for p in one.packages)) for one in story.stated
    )
    believed = {names[package]: runs for package, runs in story.believed.items()}
    other = Story(shown, believed, stated)
    bounds = [(one.start, one.end, one.cause, one.present) for one in told(story)]
    assert [(one.start, one.end, one.cause, one.present) for one in told(other)] == bounds


@given(stories(), st.integers(0, HORIZON))
def test_while_no_image_can_be_known_nothing_opens_and_nothing_is_remediated(
    story: Story, hour: int
) -> None:
    blind = tuple(
        replace(one, packages=None, left=one.left if one.left in ENDS else "moved")
        if one.since >= hour
        else one
        for one in story.shown
        if one.left != "detection_change"
    )
    for one in told(Story(_closed_up(blind), story.believed, story.stated)):
        opened_at = seen(one).since
        ended_at = seen(one).until
        showing = [each for each in blind if each.since <= opened_at]
        assert showing[-1].packages is not None
        assert one.cause != "remediated" or ended_at is None or ended_at < hour


def _closed_up(shown: Sequence[Shown]) -> tuple[Shown, ...]:
    """What is followed by nothing was not moved."""
    kept: list[Shown] = []
    for one, following in zip_longest(shown, shown[1:]):
        apart = following is None or following.since != one.until
        left = "retired" if apart and one.until is not None and one.left not in ENDS else one.left
        kept.append(replace(one, left=left))
    return tuple(kept)
