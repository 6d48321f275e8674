"""The streams document: what every stream points to, and whether its figures can be relied on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watcher.domain.stream import Line, idle_lines
from watcher.domain.version import parse
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import Coverage, StreamHead, Unlisted, WatchedHead
from watcher.report.times import stamp

Document = dict[str, object]

UNKNOWN = Coverage(covered=False, reason="not judged: it was first seen after this time")


def document(
    as_of: datetime,
    heads: Iterable[StreamHead],
    coverage: Mapping[Track, Coverage],
    unlisted: Iterable[Unlisted],
) -> Document:
    """Write streams down, and behind them what was never listed, as streams without a name."""
    every = list(heads)
    idle = idle_tracks((head for head in every if head.published), as_of)
    listed = [
        _stream(head, coverage.get(head.track, UNKNOWN), idle=head.track in idle) for head in every
    ]
    return {
        "schema": "watcher/streams/1",
        "as_of": stamp(as_of),
        "streams": listed + [_unlisted(one) for one in unlisted],
    }


@dataclass(frozen=True, slots=True)
class United:
    """How many streams there are, on any of their platforms, and how many on all are covered."""

    rows: int
    streams: int
    covered: int

    @property
    def told(self) -> str:
        """How many they are, and on how many platforms where those are more: `29, on 34 …`."""
        more = self.rows != self.streams
        return f"{self.streams}, on {self.rows} platforms" if more else str(self.streams)


def united(streams: Iterable[Mapping[str, Any]]) -> United:
    """Count rows of the streams document, which has one for each platform."""
    rows = [(str(one["name"]), bool(one["covered"])) for one in streams]
    names = {name for name, _ in rows}
    lacking = {name for name, covered in rows if not covered}
    return United(len(rows), len(names), len(names - lacking))


def tag_of(head: StreamHead) -> str | None:
    """The tag that tells a head's version best: the stream's own, else the most precise."""
    if head.by == "tag" and head.name in head.tags:
        return head.name
    return max(head.tags, key=lambda tag: (parse(tag) is not None, len(tag), tag), default=None)


def idle_tracks(heads: Iterable[StreamHead | WatchedHead], as_of: datetime) -> set[Track]:
    """Version lines that a higher one overtook and nobody pushed for long: open all the same.

    Bases are no lines: `heads` are those of published streams.
    """
    lines = {
        head.track: Line(str(head.repository), head.name, head.since)
        for head in heads
        if head.by == "version"
    }
    idle = idle_lines(lines.values(), as_of)
    return {track for track, line in lines.items() if line in idle}


def _stream(head: StreamHead, coverage: Coverage, *, idle: bool) -> Document:
    return {
        "name": head.stream,
        "registry": head.repository.registry,
        "repository": head.repository.path,
        "stream": head.name,
        "by": head.by,
        "published": head.published,
        "platform": head.track.platform or None,
        "tag": tag_of(head),
        "tag_digest": head.target,
        "image": head.image,
        "since": stamp(head.since),
        "since_not_before": stamp(head.not_before),
        "backfilled": head.backfilled,
        "idle": idle,
        "covered": coverage.covered,
        "reason": coverage.reason,
        "warning": coverage.warning,
        "packages": head.packages,
        "open_exposures": head.open_exposures,
    }


def _unlisted(one: Unlisted) -> Document:
    registry, _, path = one.name.partition("/")
    nothing = (
        "stream",
        "by",
        "platform",
        "tag",
        "tag_digest",
        "image",
        "since",
        "since_not_before",
    )
    return {
        "name": one.name,
        "registry": registry,
        "repository": path or None,
        **dict.fromkeys(nothing),
        "published": True,
        "backfilled": False,
        "idle": False,
        "covered": False,
        "reason": one.reason,
        "warning": None,
        "packages": None,
        "open_exposures": 0,
    }
