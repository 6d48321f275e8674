"""Bindings: what streams point to, platform by platform, as far as digests are resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from watcher.domain.interval import Bound
from watcher.domain.inventory import plausible_creation
from watcher.domain.reference import Platform
from watcher.domain.stream.model import Binding, PlatformImage, Pointing, Stream


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
