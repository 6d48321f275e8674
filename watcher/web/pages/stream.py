"""`/streams/…`: one stream on one platform: its images and its exposures over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Response

from watcher.domain.package import SEVERITIES
from watcher.ports.store.browsing import NamedTrack, PointedTo, WindowsWanted
from watcher.ports.store.exposures import WindowFilter
from watcher.reading import browse, documents
from watcher.reading.reading import Reading
from watcher.report.streams import UNKNOWN
from watcher.report.times import stamp
from watcher.web.access.person import Who
from watcher.web.addresses import Addresses
from watcher.web.asked import StreamAsked, one_of, page_number
from watcher.web.axis import Axis
from watcher.web.causes import worded
from watcher.web.labels import label
from watcher.web.pages import streams
from watcher.web.paging import Paging
from watcher.web.rows import rows_of
from watcher.web.site import Site
from watcher.web.timeline import timeline

_PAGE: Final = 100
_WINDOWS: Final = 2000  # read for one page; more have no place on it
_SPANS: Final = ("26", "8", "52", "all")  # weeks
_SHORTEST: Final = timedelta(days=7)


def routes(site: Site) -> APIRouter:
    """The page's route."""
    router = APIRouter()

    @router.get("/streams/{name:path}", include_in_schema=False)
    def stream(
        *,
        who: Who,
        name: str,
        weeks: str | None = None,
        page: str | None = None,
        as_of: str | None = None,
    ) -> Response:
        record, at = site.reading(who, as_of), site.addresses(as_of)
        track = _track(record, name)
        if track is None:
            return streams.below(site, who, record, at, name, page_number(page))
        told = _told(record, at, track, one_of("weeks", weeks, _SPANS), page_number(page))
        return site.show(who, "stream", record, at, told)

    return router


def _track(record: Reading, name: str) -> NamedTrack | None:
    """The one track of this name; None where it is the name of several, or of none."""
    asked = StreamAsked(name)
    tracks = browse.tracks(record, asked.repository)
    if not any(asked.names(one) for one in tracks) and asked.repository is not None:
        # No registry lets a name hold what parts a repository from its tag, but who knows.
        tracks = browse.tracks(record)
    named = [one for one in tracks if name == one.stream or asked.on_platform(one)]
    published = [one for one in named if one.published] or named
    if len(published) <= 1:
        return published[0] if published else None
    heads = {one.track for one in documents.heads(record)}
    watched = [one for one in published if one.track in heads]
    return None if len(watched) > 1 else (watched or published)[0]


def _told(
    record: Reading, at: Addresses, track: NamedTrack, weeks: str, number: int
) -> Mapping[str, object]:
    browsing, upto = record.app.browsing, record.upto
    pointed = browsing.pointed(track.track, upto)
    every = WindowsWanted(
        state="any",
        streams=frozenset({track.track.stream}),
        platform=track.track.platform,
        order="newest",
        at_most=_WINDOWS,
    )
    found = browse.windows(record, every)
    windows = _windows(record, found.numbers)
    rows = list(rows_of(windows, record.as_of, documents.bumps(record)))
    drawn = zip(rows, (one["episodes"] for one in windows), strict=True)
    axis = _axis(pointed, windows, record.as_of, weeks)
    path = at.stream(track.stream, track.track.platform).partition("?")[0]
    paging = Paging(
        number,
        _PAGE,
        len(rows),
        lambda one: at.page(path, [("weeks", weeks if weeks != _SPANS[0] else ""), ("page", one)]),
    )
    versions = browsing.versions(upto)
    return {
        **_facts(record, track, pointed),
        "chart": timeline(axis, track.name, pointed, versions, drawn),
        "rows": rows[paging.first_shown - 1 : paging.last_shown],
        "unread": found.windows - len(rows),
        "open": _open(windows),
        "paging": paging,
        "weeks": weeks,
        "spans": {one: at.page(path, [("weeks", one)]) for one in ("8", "26", "52", "all")},
        "names": {one.image: label(one, track.name) for one in pointed if one.image},
    }


def _windows(record: Reading, numbers: Sequence[int]) -> list[Mapping[str, Any]]:
    """The windows of these numbers, in their order."""
    if not numbers:
        return []
    told = documents.exposures(record, WindowFilter(numbers=frozenset(numbers)))
    by_number = {int(one["id"]): one for one in told["windows"]}
    return [by_number[one] for one in numbers]


def _facts(
    record: Reading, track: NamedTrack, pointed: Sequence[PointedTo]
) -> Mapping[str, object]:
    head = pointed[-1] if pointed and pointed[-1].end is None else None
    config = record.config
    team = config.owner_of(track.stream)
    trackers = {one.team: one.tracker for one in reversed(config.owners)}
    return {
        "track": track,
        "platform": track.track.platform,
        "repository": str(track.repository),
        "head": head,
        "head_label": label(head, track.name) if head else None,
        "head_since": stamp(head.start) if head else None,
        "last": pointed[-1] if pointed else None,
        "left": worded(pointed[-1].reason or "") if pointed else None,
        "ended": stamp(pointed[-1].end) if pointed and pointed[-1].end else None,
        "first_seen": stamp(pointed[0].start) if pointed else None,
        "images": len({one.image for one in pointed if one.image}),
        "coverage": record.coverage().get(track.track, UNKNOWN),
        "team": team,
        "tracker": trackers.get(team) if team else None,
    }


def _open(windows: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """How many windows are open, by severity."""
    counted = Counter(one["severity"] for one in windows if one["open"])
    return [(one, counted[one]) for one in SEVERITIES if counted[one]]


def _axis(
    pointed: Sequence[PointedTo],
    windows: Sequence[Mapping[str, Any]],
    as_of: datetime,
    weeks: str,
) -> Axis:
    """The time that the chart shows: some weeks, or less where the stream is younger."""
    starts = [one.start for one in pointed]
    first = min(starts, default=as_of - _SHORTEST)
    if weeks == "all":
        opened = (datetime.fromisoformat(one["episodes"][0]["from"]) for one in windows)
        begin = min([first, *opened])
    else:
        begin = max(first, as_of - timedelta(weeks=int(weeks)))
    return Axis(min(begin, as_of - _SHORTEST), as_of)
