"""The timeline of one stream: its images, the knowledge, and a lane for each exposure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any, Final

from watcher.domain.package import rank
from watcher.ports.store.browsing import KnownVersion, PointedTo
from watcher.report.pages.wording import instant
from watcher.report.times import stamp
from watcher.web.axis import Axis, Place
from watcher.web.bands import Band, bands_on
from watcher.web.causes import worded
from watcher.web.labels import label
from watcher.web.rows import WindowRow

LANES: Final = 60
_ALONE: Final = 30  # windows that still have a lane each
_SHOWN: Final = rank("MEDIUM")
_MARKS: Final = {
    "remediated": "bar",
    "knowledge_withdrawn": "ring",
    "vex_not_affected": "diamond",
    "detection_change": "square",
}
Episode = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """An episode; `mark` is how it ends, `before` whether it began before the chart does."""

    x: str
    width: str
    end: str
    mark: str
    backfilled: bool
    before: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """Windows of the same package and the same history; `gaps` lie between their episodes.

    `ending` says why it ended, `by` which image ended it; both are empty where it has not.
    """

    severity: str
    vulnerability: str
    windows: int
    package: str
    bars: tuple[Bar, ...]
    gaps: tuple[tuple[str, str], ...]
    open: bool
    late: float
    due: str | None
    fixed: bool
    ending: str
    by: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that the chart shows. `ticks` are versions of knowledge, and whether they changed it."""

    start: str
    end: str
    places: tuple[Place, ...]
    bands: tuple[Band, ...]
    ticks: tuple[tuple[str, bool], ...]
    lanes: tuple[Lane, ...]
    more: int
    low: int


Drawn = tuple[WindowRow, Sequence[Episode]]


def timeline(
    axis: Axis,
    stream: str,
    pointed: Sequence[PointedTo],
    versions: Iterable[KnownVersion],
    drawn: Iterable[Drawn],
) -> Timeline:
    """Lay out what lies on the axis; `drawn` are windows as rows, with their episodes."""
    names: dict[str, str] = {one.image: label(one, stream) for one in pointed if one.image}
    shown = [one for one in drawn if any(_on(axis, episode) for episode in one[1])]
    high = [one for one in shown if rank(one[0].severity) <= _SHOWN]
    lanes = [_lane(axis, group, names) for group in _grouped(high)]
    changed = {time for _, episodes in shown for one in episodes for time in _changes(one)}
    return Timeline(
        start=stamp(axis.start),
        end=stamp(axis.end),
        places=tuple(axis.places()),
        bands=tuple(bands_on(axis, stream, pointed)),
        ticks=tuple(
            (axis.at(one.effective_at), one.effective_at in changed)
            for one in versions
            if axis.shows(one.effective_at, None) and one.effective_at >= axis.start
        ),
        lanes=tuple(lanes[-LANES:]),
        more=max(0, len(lanes) - LANES),
        low=len(shown) - len(high),
    )


def _on(axis: Axis, episode: Episode) -> bool:
    return axis.shows(instant(episode["from"]), instant(episode["to"]) if episode["to"] else None)


def _changes(episode: Episode) -> Iterator[datetime]:
    """When knowledge changed an episode: it came to know of what was there, or took it back.

    An exposure counts from the day it was published, which is mostly before the database knows it.
    """
    unknown_in, known_in = episode["known_in_db"]
    if unknown_in and known_in and instant(episode["present"]) <= instant(known_in):
        yield instant(known_in)
    if episode["cause"] == "knowledge_withdrawn":
        yield instant(episode["to"])


def _grouped(drawn: Sequence[Drawn]) -> Iterator[list[Drawn]]:
    """Windows by lane, the first to begin on top; only where there are many share one."""
    ordered = sorted(drawn, key=_history)
    if len(ordered) <= _ALONE:
        yield from ([one] for one in ordered)
        return
    for _, members in groupby(ordered, key=_history):
        yield list(members)


def _history(one: Drawn) -> tuple[object, ...]:
    row, episodes = one
    told = tuple((part["from"], part["to"] or "", part["cause"] or "") for part in episodes)
    return told, rank(row.severity), tuple(package.name for package in row.packages)


def _lane(axis: Axis, members: Sequence[Drawn], names: Mapping[str, str]) -> Lane:
    row, episodes = members[0]
    shown = [one for one in episodes if _on(axis, one)]
    bars = tuple(_bar(axis, one) for one in shown)
    return Lane(
        severity=row.severity,
        vulnerability=row.vulnerability,
        windows=len(members),
        package=", ".join(dict.fromkeys(one.name for one in row.packages)),
        bars=bars,
        gaps=tuple(_gap(axis, before, after) for before, after in pairwise(shown)),
        open=row.open,
        late=row.late,
        due=row.due,
        fixed=any(one.fixed for one in row.packages),
        ending="" if row.open else worded(episodes[-1]["cause"]),
        by=_ended_by(episodes[-1], names),
    )


def _bar(axis: Axis, episode: Episode) -> Bar:
    start, end = instant(episode["from"]), instant(episode["to"]) if episode["to"] else axis.end
    return Bar(
        x=axis.at(start),
        width=axis.wide(start, end),
        end=axis.at(end),
        mark=_MARKS.get(episode["cause"], "cross") if episode["to"] else "arrow",
        backfilled=episode["backfilled"],
        before=start < axis.start,
    )


def _gap(axis: Axis, before: Episode, after: Episode) -> tuple[str, str]:
    return axis.at(instant(before["to"])), axis.at(instant(after["from"]))


def _ended_by(episode: Episode, names: Mapping[str, str]) -> str:
    """The image that remediated a lane; empty where none did, or nobody knows its name."""
    if episode["cause"] != "remediated":
        return ""
    return names.get(episode["ended_by"] or "", "")
