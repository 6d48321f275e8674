"""Streams: names that point to one image after another, a view of tags under rules in force."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import Literal

from watcher.domain.interval import Bound
from watcher.domain.inventory import TagInterval, TagSpan, plausible_creation, spans
from watcher.domain.pattern import Pattern, Selection
from watcher.domain.reference import Platform, Repository
from watcher.domain.version import Order, TagKind, Version, is_date, kind_of, parse

By = Literal["version", "tag", "newest"]
_EVERY_TAG = Selection.parse(("*",))

Lines = Literal["major", "minor", "all"]
EndReason = Literal["moved", "retired", "head_removed", "platform_gone", "out_of_scope"]
Member = tuple[Version, TagSpan]  # of a version line
Rank = tuple[bool, Order]


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
    published: bool = True  # False for bases: watched, and never exposed themselves

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
    if rule.by == "newest":
        return [Stream("newest", "newest", not_covered="streams by newest are not watched yet")]
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
    if since is not None and until is not None and until <= since:
        return []
    for one in bound:
        if (until and one.start.at >= until) or (since and one.end and one.end.at <= since):
            continue
        start = Bound(since) if since and one.start.at < since else one.start
        here = replace(one, start=start)
        if until is not None and (one.end is None or one.end.at >= until):
            here = replace(here, end=Bound(until), reason="out_of_scope")
        cut.append(here)
    return cut


def _sorted_by_kind(
    dated: Mapping[str, list[TagSpan]], rule: StreamRule
) -> tuple[dict[str, list[Member]], list[str], bool]:
    if rule.by == "tag":
        return {}, sorted(dated), False
    kinds = _kinds(dated)
    versions = {
        tag: version
        for tag, kind in kinds.items()
        if (kind == "version" or rule.by == "version") and (version := parse(tag, rule.flavours))
    }
    shorter = {stem for version in versions.values() for stem in version.shorter_stems()}
    lines: dict[str, list[Member]] = defaultdict(list)
    for tag, version in versions.items():
        if version.stem not in shorter:
            lines[_line_name(version, rule.lines)] += [(version, span) for span in dated[tag]]
    if rule.by == "version":
        return lines, [], False
    aliases = _aliases(versions.values()) if versions else frozenset()
    moving = sorted(tag for tag, kind in kinds.items() if kind == "moving" and tag not in aliases)
    return lines, moving, "opaque" in kinds.values()


def _kinds(tags: Iterable[str]) -> dict[str, TagKind]:
    """Sort tags by their looks; dates with dots are versions only beside other versions."""
    kinds = {tag: kind_of(tag) for tag in tags}
    versions = [tag for tag, kind in kinds.items() if kind == "version"]
    return kinds | dict.fromkeys(versions, "opaque") if all(map(is_date, versions)) else kinds


def _aliases(versions: Iterable[Version]) -> frozenset[str]:
    flavours = {version.flavour for version in versions if version.flavour}
    return frozenset({"latest"} | flavours | {f"latest-{flavour}" for flavour in flavours})


def _line_name(version: Version, lines: Lines) -> str:
    depth = {"major": 1, "minor": 2, "all": 0}[lines]
    numbers = ".".join(str(number) for number in version.numbers[:depth]) or "all"
    return f"{numbers}-{version.flavour}" if version.flavour else numbers


def _line_stream(name: str, members: Sequence[Member]) -> Stream:
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


def _heads(members: Sequence[Member]) -> list[Pointing]:
    """Follow a line's head over time: the highest tag present, stable before any pre-release."""
    found: list[Pointing] = []
    changes = _changes_of_head(members)
    for (at, head), following in zip_longest(changes, changes[1:]):
        if head is None:
            continue
        replaced = found[-1].end if found and found[-1].end else None
        start = replaced if replaced and replaced.at == at else _appeared(head[1], first=not found)
        end, reason = _left_head(head, *following) if following else (None, None)
        counts = head[1].created_counts and start is head[1].start
        found.append(
            Pointing(head[1].digest, head[1].observed_at, start, end, reason, created_counts=counts)
        )
    return found


def _changes_of_head(members: Sequence[Member]) -> list[tuple[datetime, Member | None]]:
    """Sweep a line's spans over time; of several changes at one moment the outcome counts."""
    changes: list[tuple[datetime, Member | None]] = []
    present: list[tuple[Rank, datetime, datetime, str, int]] = []
    for at, begins, number in _events(members):
        version, span = members[number]
        key = (_rank(version), span.observed_at, span.start.at, span.tag, number)
        bisect.insort(present, key) if begins else present.remove(key)
        head = members[present[-1][-1]] if present else None
        if changes and changes[-1][0] == at:
            changes.pop()
        if not changes or changes[-1][1] is not head:
            changes.append((at, head))
    return changes


def _events(members: Sequence[Member]) -> list[tuple[datetime, bool, int]]:
    """When spans begin and end; what the first listing found begins when it was found."""
    events: list[tuple[datetime, bool, int]] = []
    for number, (_, span) in enumerate(members):
        begins = _begins(span)
        if span.end is None or begins < span.end.at:
            events.append((begins, True, number))
            if span.end is not None:
                events.append((span.end.at, False, number))
    return sorted(events)


def _begins(span: TagSpan) -> datetime:
    return span.observed_at if span.start.backfilled else span.start.at


def _rank(version: Version) -> Rank:
    return not version.prerelease, version.order


def _appeared(span: TagSpan, *, first: bool) -> Bound:
    """When a tag became the head by appearing; only a line's first head reaches back further."""
    if first or not span.start.backfilled:
        return span.start
    return Bound(span.observed_at).reaching_back_to(span.start.at)


def _left_head(head: Member, at: datetime, successor: Member | None) -> tuple[Bound, EndReason]:
    """When and why a tag was the head no longer: overtaken, moved itself, or gone."""
    span = head[1]
    own = span.end if span.end is not None and span.end.at == at else None
    if successor is None:
        return own or Bound(at), "retired" if span.gone else "moved"
    if own is not None and span.gone and _rank(successor[0]) <= _rank(head[0]):
        return own, "head_removed"
    appeared = _appeared(successor[1], first=False)
    return appeared if appeared.at == at else Bound(at), "moved"


def _on_platform(
    platform: Platform,
    pointings: Sequence[Pointing],
    known: Sequence[Mapping[Platform, PlatformImage] | None],
) -> list[Binding]:
    bound: list[Binding] = []
    for pointing, images in zip(pointings, known, strict=True):
        if images is None:
            _append(bound, _unknown(platform, pointing))
        elif platform in images:
            _append(bound, _known(platform, pointing, images[platform]))
        elif bound and bound[-1].reason == "moved":
            bound[-1] = _without_platform(bound[-1], pointing)
    return [one for one in bound if one.end is None or one.start.at < one.end.at]


def _append(bound: list[Binding], one: Binding) -> None:
    """Add a binding; where the digest is the same as just before, that one goes on."""
    last = bound[-1] if bound else None
    if last and last.target == one.target and last.end and last.end.at == one.start.at:
        bound[-1] = replace(last, end=one.end, reason=one.reason)
    else:
        bound.append(one)


def _without_platform(last: Binding, pointing: Pointing) -> Binding:
    """End a binding where an index without its platform was seen.

    An index that was replaced before anybody saw it is no evidence: the binding outlasts it.
    """
    doubt = last.end.earliest if last.end else pointing.start.earliest
    seen_at = max(pointing.observed_at, pointing.start.at)
    if pointing.end is not None and pointing.end.at <= seen_at:
        return replace(last, end=pointing.end.reaching_back_to(doubt), reason=pointing.reason)
    return replace(last, end=Bound(seen_at).reaching_back_to(doubt), reason="platform_gone")


def _unknown(platform: Platform | None, pointing: Pointing) -> Binding:
    return Binding(platform, None, pointing.digest, pointing.start, pointing.end, pointing.reason)


def _known(platform: Platform, pointing: Pointing, image: PlatformImage) -> Binding:
    start = pointing.start
    if pointing.created_counts:
        created = plausible_creation(image.created, pointing.observed_at)
        start = replace(start, at=created) if created else start
    return Binding(platform, image.digest, pointing.digest, start, pointing.end, pointing.reason)
