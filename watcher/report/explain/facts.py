"""The facts under a stretch, written down: episodes, and what each was folded from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from watcher.ports.store.exposures import ReadEpisode, ReadWindow
from watcher.ports.store.grounds import (
    BindingGround,
    CatalogueGround,
    KnowledgeGround,
    MatchGround,
    Recorded,
    SeenTag,
    WindowGrounds,
)
from watcher.report.figures.stretch import Stretch
from watcher.report.times import stamp

Document = dict[str, object]


def episodes(
    stretch: Stretch, windows: Mapping[int, ReadWindow], grounds: Mapping[int, WindowGrounds]
) -> list[Document]:
    """The episodes that a stretch is made of, on each platform, with the facts under each."""
    held = (windows[number] for number in stretch.windows if number in windows)
    return [
        _episode(window, one, grounds.get(window.number, WindowGrounds()))
        for window in held
        for one in _within(window, stretch)
    ]


def _within(window: ReadWindow, stretch: Stretch) -> Iterator[ReadEpisode]:
    for one in window.episodes:
        begun = stretch.start <= one.episode.start.at
        if begun and (stretch.end is None or one.episode.start.at < stretch.end):
            yield one


def _episode(window: ReadWindow, one: ReadEpisode, grounds: WindowGrounds) -> Document:
    start, end = one.episode.start.at, one.episode.end.at if one.episode.end else None
    bindings = [each for each in grounds.bindings if _meets(start, end, each.start, each.end)]
    images = {each.image for each in bindings}
    return {
        "window": str(window.number),
        "platform": window.track.platform,
        "from": stamp(start),
        "to": stamp(end),
        "cause": one.episode.cause,
        "detected": stamp(one.detected),
        "published": stamp(window.published),
        "bindings": [_binding(each) for each in bindings],
        "matches": [_match(each) for each in _matching(grounds.matches, images, start)],
        "catalogues": [_catalogue(each) for each in grounds.catalogues if each.image in images],
    }


def _meets(
    start: datetime, end: datetime | None, other: datetime, other_end: datetime | None
) -> bool:
    return (end is None or other < end) and (other_end is None or start < other_end)


def _matching(
    matches: Iterable[MatchGround], images: set[str | None], start: datetime
) -> Iterator[MatchGround]:
    """The matches of an episode's images that had not ended before it."""
    for one in matches:
        if one.image in images and (one.end is None or one.end > start):
            yield one


def _recorded(one: Recorded | None) -> Document | None:
    return None if one is None else {"pass": one.number, "at": stamp(one.at)}


def _binding(one: BindingGround) -> Document:
    return {
        "image": one.image,
        "target": one.target,
        "from": stamp(one.start),
        "from_not_before": stamp(one.start_not_before),
        "backfilled": one.backfilled,
        "to": stamp(one.end),
        "reason": one.reason,
        "recorded": _recorded(one.recorded),
        "end_recorded": _recorded(one.ended),
        "tags": [_tag(each) for each in one.tags],
    }


def _tag(one: SeenTag) -> Document:
    return {
        "tag": one.tag,
        "observed_at": stamp(one.observed_at),
        "pushed_at": stamp(one.pushed_at),
        "gone_at": stamp(one.gone_at),
        "recorded": _recorded(one.recorded),
    }


def _match(one: MatchGround) -> Document:
    return {
        "image": one.image,
        "purl": one.purl,
        "dated": stamp(one.dated_at),
        "to": stamp(one.end),
        "first_found_by": _version(one.first),
        "last_lacked_by": _version(one.lacked_by),
        "ended_by": _version(one.ended_by),
        "recorded": _recorded(one.recorded),
    }


def _version(one: KnowledgeGround | None) -> Document | None:
    if one is None:
        return None
    return {
        "scanner": one.scanner,
        "db": one.db_digest,
        "effective_at": stamp(one.effective_at),
        "applied_at": stamp(one.applied_at),
    }


def _catalogue(one: CatalogueGround) -> Document:
    return {
        "image": one.image,
        "scanner": one.scanner,
        "db": one.db_digest,
        "java_db": one.java_db_digest,
        "applied_at": stamp(one.applied_at),
        "packages": one.packages,
        "recorded": _recorded(one.recorded),
    }
