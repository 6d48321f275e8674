"""Streams: names that point to one image after another, a view of tags under rules in force."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Literal

from watcher.domain.interval import Bound
from watcher.domain.inventory import TagInterval, TagSpan, plausible_creation, spans
from watcher.domain.pattern import Pattern, Selection
from watcher.domain.reference import Platform, Repository
from watcher.domain.version import Version, kind_of, parse

By = Literal["version", "tag", "newest"]
_EVERY_TAG = Selection.parse(("*",))

Lines = Literal["major", "minor", "all"]
EndReason = Literal["moved", "retired", "head_removed", "platform_gone", "out_of_scope"]


@dataclass(frozen=True, slots=True)
class StreamRule:
    """How the tags of matching repositories become streams; `by` None means: by their looks."""

    match: Pattern | None = None
    by: By | None = None
    lines: Lines = "major"
    flavours: frozenset[str] = frozenset()
    tags: Selection = _EVERY_TAG
    platforms: frozenset[Platform] = frozenset()


@dataclass(frozen=True, slots=True)
class Pointing:
    """A stream pointed to a tag's digest over [start, end), and why that ended."""

    digest: str
    observed_at: datetime
    start: Bound
    end: Bound | None = None
    reason: EndReason | None = None
    created_counts: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of one repository: its name without the repository, and what it pointed to."""

    by: By
    name: str
    pointings: tuple[Pointing, ...] = ()
    not_covered: str | None = None

    @property
    def sign(self) -> str:
        """What stands between the repository and the name: `:` for a tag, `#` otherwise."""
        return ":" if self.by == "tag" else "#"


@dataclass(frozen=True, slots=True)
class PlatformImage:
    """The image of one platform behind a digest, with its time of creation as it says itself."""

    digest: str
    created: datetime | None


@dataclass(frozen=True, slots=True)
class Binding:
    """A stream pointed to an image over [start, end) on one platform.

    `image` is the digest of the platform's own manifest, None while it could not be found out;
    `target` is the digest that the tag had. `platform` is None only while none is known.
    """

    platform: Platform | None
    image: str | None
    target: str
    start: Bound
    end: Bound | None = None
    reason: EndReason | None = None


def rule_for(repository: Repository, rules: Iterable[StreamRule]) -> StreamRule:
    """The first rule that matches a repository; the default rule where none does."""
    name = str(repository)
    return next(
        (rule for rule in rules if rule.match is None or rule.match.matches(name)), StreamRule()
    )


def streams_of(intervals: Iterable[TagInterval], rule: StreamRule) -> list[Stream]:
    """View a repository's tags of all times as streams, sorted by name."""
    by_tag: dict[str, list[TagInterval]] = defaultdict(list)
    for interval in intervals:
        if rule.tags.holds(interval.tag):
            by_tag[interval.tag].append(interval)
    dated = {tag: spans(history) for tag, history in by_tag.items()}
    lines, moving, opaque = _sorted_by_kind(dated, rule)
    found = [_line_stream(name, members) for name, members in lines.items()]
    found += [Stream("tag", tag, tuple(_pointings(dated[tag]))) for tag in moving]
    if opaque and not found:
        reason = "its tags are hashes, dates or build numbers: add a rule under streams"
        found.append(Stream("newest", "newest", not_covered=reason))
    return sorted(found, key=lambda stream: (stream.by, stream.name))


def bindings(
    stream: Stream,
    images: Mapping[str, Mapping[Platform, PlatformImage]],
    platforms: frozenset[Platform] = frozenset(),
) -> list[Binding]:
    """Resolve a stream's pointings to bindings, one sequence for each platform.

    `images` maps a tag's digest to its platforms; a digest that is missing there is not resolved
    yet, and its binding is to an unknown image. An empty `platforms` means all of them.
    """
    known = [images.get(pointing.digest) for pointing in stream.pointings]
    seen = {
        platform
        for one in known
        if one
        for platform in one
        if not platforms or platform in platforms
    }
    bound: list[Binding] = []
    for platform in sorted(seen):
        bound += _on_platform(platform, stream.pointings, known)
    return bound or [
        _unknown(None, pointing)
        for pointing, one in zip(stream.pointings, known, strict=True)
        if one is None
    ]


def within(
    bound: Iterable[Binding], since: datetime | None, until: datetime | None
) -> list[Binding]:
    """Cut bindings to the time in which the configuration included their repository.

    `since` None: the past of the first time counts too. What is cut off at `until` is out of scope.
    """
    cut: list[Binding] = []
    for one in bound:
        if (until and one.start.at >= until) or (since and one.end and one.end.at <= since):
            continue
        start = Bound(since) if since and one.start.at < since else one.start
        here = replace(one, start=start)
        if until is not None and (one.end is None or one.end.at > until):
            here = replace(here, end=Bound(until), reason="out_of_scope")
        cut.append(here)
    return cut


def _sorted_by_kind(
    dated: Mapping[str, list[TagSpan]], rule: StreamRule
) -> tuple[dict[str, list[tuple[Version, TagSpan]]], list[str], bool]:
    if rule.by == "tag":
        return {}, sorted(dated), False
    versions = {tag: version for tag in dated if (version := parse(tag, rule.flavours))}
    full = {
        tag: v for tag, v in versions.items() if not any(o.extends(v) for o in versions.values())
    }
    lines: dict[str, list[tuple[Version, TagSpan]]] = defaultdict(list)
    for tag, version in full.items():
        lines[_line_name(version, rule.lines)] += [(version, span) for span in dated[tag]]
    if rule.by == "version":
        return lines, [], False
    aliases = _aliases(versions.values()) if versions else frozenset()
    moving = sorted(
        tag
        for tag in dated
        if tag not in versions and kind_of(tag) == "moving" and tag not in aliases
    )
    return lines, moving, any(kind_of(tag) == "opaque" for tag in dated)


def _aliases(versions: Iterable[Version]) -> frozenset[str]:
    flavours = {version.flavour for version in versions if version.flavour}
    return frozenset({"latest"} | flavours | {f"latest-{flavour}" for flavour in flavours})


def _line_name(version: Version, lines: Lines) -> str:
    depth = {"major": 1, "minor": 2, "all": 0}[lines]
    numbers = ".".join(str(number) for number in version.numbers[:depth]) or "all"
    return f"{numbers}-{version.flavour}" if version.flavour else numbers


def _line_stream(name: str, members: list[tuple[Version, TagSpan]]) -> Stream:
    return Stream("version", name, tuple(_heads(members)))


def _pointings(dated: Sequence[TagSpan]) -> list[Pointing]:
    return [
        Pointing(
            digest=span.digest,
            observed_at=span.observed_at,
            start=span.start,
            end=span.end,
            reason=None if span.end is None else "retired" if span.gone else "moved",
            created_counts=span.created_counts,
        )
        for span in dated
    ]


def _heads(members: list[tuple[Version, TagSpan]]) -> list[Pointing]:
    """Sweep a line's spans over time, keeping the highest one present: stable, else pre-release."""
    heads: list[tuple[datetime, TagSpan | None]] = []
    present: list[tuple[tuple[object, ...], int]] = []
    for at, begins, number in _events(members):
        version, span = members[number]
        key = ((not version.prerelease, *version.order, span.observed_at), number)
        bisect.insort(present, key) if begins else present.remove(key)
        head = members[present[-1][1]][1] if present else None
        if heads and heads[-1][0] == at:
            heads.pop()
        if not heads or heads[-1][1] is not head:
            heads.append((at, head))
    order = {id(span): version.order for version, span in members}
    found = [
        _headed(here, there, order) for here, there in pairwise([*heads, None]) if here is not None
    ]
    return _dated_by_predecessor([pointing for pointing in found if pointing])


def _events(members: Sequence[tuple[Version, TagSpan]]) -> list[tuple[datetime, bool, int]]:
    """When spans begin and end; what the first listing found begins when it was found."""
    events: list[tuple[datetime, bool, int]] = []
    for number, (_, span) in enumerate(members):
        begins = span.observed_at if span.start.backfilled else span.start.at
        if span.end is None or begins < span.end.at:
            events.append((begins, True, number))
            if span.end is not None:
                events.append((span.end.at, False, number))
    return sorted(events)


def _headed(
    here: tuple[datetime, TagSpan | None],
    there: tuple[datetime, TagSpan | None] | None,
    order: Mapping[int, tuple[object, ...]],
) -> Pointing | None:
    at, span = here
    if span is None:
        return None
    begins = span.observed_at if span.start.backfilled else span.start.at
    start = span.start if begins == at else Bound(at)
    end, reason = _end_of_head(span, there, order) if there else (None, None)
    return Pointing(
        span.digest,
        span.observed_at,
        start,
        end,
        reason,
        span.created_counts and start is span.start,
    )


def _end_of_head(
    span: TagSpan, there: tuple[datetime, TagSpan | None], order: Mapping[int, tuple[object, ...]]
) -> tuple[Bound, EndReason]:
    at, successor = there
    own = span.end if span.end is not None and span.end.at == at else None
    if successor is None:
        return own or Bound(at), "retired" if span.gone else "moved"
    if own is None or not span.gone or order[id(successor)] > order[id(span)]:
        return successor.start if successor.start.at == at else own or Bound(at), "moved"
    return own, "head_removed"


def _dated_by_predecessor(found: list[Pointing]) -> list[Pointing]:
    """Give a head that came back the doubt of the end that brought it back."""
    dated = found[:1]
    for earlier, pointing in pairwise(found):
        same = earlier.end is not None and earlier.end.at == pointing.start.at
        dated.append(replace(pointing, start=earlier.end) if same and earlier.end else pointing)
    return dated


def _on_platform(
    platform: Platform,
    pointings: Sequence[Pointing],
    known: Sequence[Mapping[Platform, PlatformImage] | None],
) -> list[Binding]:
    bound: list[Binding] = []
    for pointing, images in zip(pointings, known, strict=True):
        if images is None:
            bound.append(_unknown(platform, pointing))
        elif platform in images:
            bound.append(_known(platform, pointing, images[platform]))
        elif bound and bound[-1].end is not None and bound[-1].end.at == pointing.start.at:
            bound[-1] = replace(
                bound[-1], end=_seen_without(pointing, bound[-1]), reason="platform_gone"
            )
    return bound


def _seen_without(pointing: Pointing, earlier: Binding) -> Bound:
    end = Bound(pointing.observed_at)
    return end.reaching_back_to(earlier.end.at) if earlier.end else end


def _unknown(platform: Platform | None, pointing: Pointing) -> Binding:
    return Binding(platform, None, pointing.digest, pointing.start, pointing.end, pointing.reason)


def _known(platform: Platform, pointing: Pointing, image: PlatformImage) -> Binding:
    start = pointing.start
    if pointing.created_counts:
        created = plausible_creation(image.created, pointing.observed_at)
        start = replace(start, at=created) if created else start
    return Binding(platform, image.digest, pointing.digest, start, pointing.end, pointing.reason)
