"""Streams against plain looking: what did each listing show, and which tag was the highest?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.domain.inventory import TagInterval, observe
from watcher.domain.stream import EndReason, Pointing, Stream, StreamRule, streams_of

pytestmark = pytest.mark.slow

# Of one line, the lowest first: a stable version is higher than any pre-release.
RANKED = ["1.2.0-rc1", "1.2.0-rc2", "1.0.0", "1.0.1", "1.1.0"]
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)

Shown = Mapping[str, str]  # digests by tag


@dataclass(frozen=True, slots=True)
class Listing:
    """What a registry held at an hour, which of its tags failed, and how the listing went."""

    hour: int
    held: Shown
    failing: frozenset[str]
    outcome: str  # complete, cut (some tags are missing), or failed


def at(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


@st.composite
def listings(draw: st.DrawFn) -> list[Listing]:
    found: list[Listing] = []
    hour, held = 0, dict[str, str]()
    for _ in range(draw(st.integers(1, 10))):
        for tag in draw(st.sets(st.sampled_from(RANKED), max_size=3)):
            digest = draw(st.sampled_from(["a", "b", None]))
            held.pop(tag, None)
            if digest is not None:
                held[tag] = f"{tag} {digest}"
        failing = draw(st.frozensets(st.sampled_from(RANKED), max_size=1))
        outcome = draw(st.sampled_from(["complete", "complete", "complete", "cut", "failed"]))
        found.append(Listing(hour, dict(held), failing, outcome))
        hour += draw(st.integers(1, 3))
    return found


def recorded(told: Sequence[Listing]) -> list[TagInterval]:
    """What the inventory records of the listings, through the domain's own `observe`."""
    closed: list[TagInterval] = []
    known: dict[str, TagInterval] = {}
    listed_at: datetime | None = None
    for one in told:
        if one.outcome == "failed":
            continue
        names = sorted(one.held)[: 1 if one.outcome == "cut" else None]
        changes = observe(
            {tag: interval.digest for tag, interval in known.items()},
            {tag: (one.held[tag], None) for tag in names if tag not in one.failing},
            complete=one.outcome == "complete",
            unresolved=[tag for tag in names if tag in one.failing],
            at=at(one.hour),
            previous_at=listed_at,
        )
        for tag in changes.gone:
            gone = replace(known.pop(tag), gone_at=at(one.hour), gone_previous_at=listed_at)
            closed.append(gone)
        closed += [known.pop(interval.tag) for interval in changes.begun if interval.tag in known]
        known |= {interval.tag: interval for interval in changes.begun}
        if one.outcome == "complete" and not one.failing & one.held.keys():
            listed_at = at(one.hour)
    return [*closed, *known.values()]


def believed(told: Sequence[Listing]) -> list[tuple[int, Shown]]:
    """What one who looks at the listings believes to be there after each."""
    found: list[tuple[int, Shown]] = []
    there: dict[str, str] = {}
    for one in told:
        names = sorted(one.held)[: 1 if one.outcome == "cut" else None]
        if one.outcome != "failed":
            if one.outcome == "complete":
                there = {tag: digest for tag, digest in there.items() if tag in one.held}
            there = {**there, **{tag: one.held[tag] for tag in names if tag not in one.failing}}
        found.append((one.hour, there))
    return found


def showing(stream: Stream | None, time: datetime) -> Pointing | None:
    members = [] if stream is None else stream.pointings
    # Before it was seen, the first listing's find may reach back.
    seen = [one for one in members if one.start.at <= time and (not one.end or time < one.end.at)]
    assert len(seen) < 2
    return seen[0] if seen else None


def highest(shown: Shown) -> str | None:
    return max(shown, key=RANKED.index, default=None)


def reason(before: Shown, after: Shown) -> EndReason:
    """Why the head is another than before: judged by the tags alone."""
    last, now = highest(before), highest(after)
    assert last is not None
    if now is None:
        return "retired"
    return "head_removed" if RANKED.index(now) < RANKED.index(last) else "moved"


@given(listings())
def test_a_line_points_to_the_highest_tag_there(told: list[Listing]) -> None:
    streams = streams_of(recorded(told), StreamRule(by="version"))
    stream = streams[0] if streams else None
    before: Shown = {}
    for hour, there in believed(told):
        pointing, head = showing(stream, at(hour)), highest(there)
        assert (pointing and pointing.digest) == (head and there[head])
        earlier = showing(stream, at(hour - 0.5)) if before else None
        if earlier is not None and earlier is not pointing:
            assert earlier.reason == reason(before, there)
            assert earlier.end is not None
            assert earlier.end.at == at(hour)
        before = there


@given(listings())
def test_a_tag_points_to_what_it_was_seen_with_last(told: list[Listing]) -> None:
    streams = {one.name: one for one in streams_of(recorded(told), StreamRule(by="tag"))}
    for hour, there in believed(told):
        for tag in RANKED:
            pointing = showing(streams.get(tag), at(hour))
            assert (pointing and pointing.digest) == there.get(tag)


@given(listings())
def test_an_end_is_doubtful_back_to_the_last_time_the_tag_was_there(told: list[Listing]) -> None:
    for stream in streams_of(recorded(told), StreamRule(by="tag")):
        for pointing in stream.pointings:
            if pointing.end is not None:
                seen = sightings(told, stream.name, pointing)
                assert pointing.observed_at <= pointing.end.earliest <= seen[-1] < pointing.end.at


def sightings(told: Sequence[Listing], tag: str, pointing: Pointing) -> list[datetime]:
    """When the tag was seen with a pointing's digest while that lasted."""
    return [
        at(one.hour)
        for one in told
        if one.outcome != "failed"
        and tag in sorted(one.held)[: 1 if one.outcome == "cut" else None]
        and tag not in one.failing
        and one.held[tag] == pointing.digest
        and pointing.observed_at <= at(one.hour)
        and (pointing.end is None or at(one.hour) < pointing.end.at)
    ]
