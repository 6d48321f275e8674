"""Numbers that are not counted in stretches: streams, samples, bumps, and what was given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from watcher.domain.ticket import Line, moved, streams
from watcher.report.explain.path import Path
from watcher.report.explain.question import How, Report, caused
from watcher.report.figures.bumps import Progress
from watcher.report.figures.coverage import Watched, WatchedStream
from watcher.report.figures.management import Beside
from watcher.report.figures.period import Period
from watcher.report.figures.stretch import team_name
from watcher.report.times import stamp

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Part:
    """What something adds: to the sum, and to what the sum is divided by; and what it is."""

    of: float
    told: Document
    per: float | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A number that is made of parts, or given by somebody."""

    says: str
    how: How
    parts: Sequence[Part] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What a report was drawn from, beside stretches."""

    report: Report
    period: Period
    watched: Watched
    beside: Beside
    heads: Mapping[str, Document] = field(default_factory=dict)  # what is known of a stream


def made(path: Path, scene: Scene) -> Made | None:
    """How a number is made that is not counted in stretches; None where nobody knows."""
    asked = _ROOTS.get(str(path[0]))
    return asked(list(path[1:]), scene) if asked else None


def _given(says: str) -> Callable[[Sequence[Any], Scene], Made]:
    return lambda _rest, _scene: Made(says, "given")


def _curve(rest: Sequence[Any], _: Scene) -> Made | None:
    """The days for which a curve is drawn."""
    return Made("a day for which the curve is drawn", "given") if rest[-1] == "day" else None


def _coverage(rest: Sequence[Any], scene: Scene) -> Made:
    if rest == ["stream_days_share"]:
        parts = [
            Part(one.covered, {"at": stamp(one.at)}, one.streams) for one in scene.watched.samples
        ]
        return Made("streams covered, of those watched, at the end of each day", "quotient", parts)
    return _streams(rest[0], scene.watched.streams, scene)


def _teams(rest: Sequence[Any], scene: Scene) -> Made:
    team = scene.report["teams"][rest[0]]["team"]
    theirs = [one for one in scene.watched.streams if team_name(one.team) == team]
    return _streams(rest[1], theirs, scene)


def _streams(what: str, streams: Iterable[WatchedStream], scene: Scene) -> Made:
    """Streams, those of them of which something is so, or the share of the covered ones."""
    if what == "share":
        every = [Part(one.reason is None, _stream(one, scene), 1) for one in streams]
        return Made("streams covered, of all", "quotient", every)
    said, counts = _COUNTED[what]
    return Made(said, "sum", [Part(1, _stream(one, scene)) for one in streams if counts(one)])


_COUNTED: Final[Mapping[str, tuple[str, Callable[[WatchedStream], bool]]]] = {
    "streams": ("streams watched", lambda _: True),
    "covered": ("streams that rest on fresh work", lambda one: one.reason is None),
    "direct": ("streams with an image matched by scans of its own", lambda one: one.direct),
}


def _stream(one: WatchedStream, scene: Scene) -> Document:
    return {
        "stream": one.stream,
        "team": one.team,
        "reason": one.reason,
        **scene.heads.get(one.stream, {}),
    }


def _idle(_: Sequence[Any], scene: Scene) -> Made:
    names = sorted(scene.beside.idle)
    parts = [Part(1, {"stream": name, **scene.heads.get(name, {})}) for name in names]
    return Made("version lines that nobody pushed to for long, under a higher one", "sum", parts)


def _bumps(rest: Sequence[Any], scene: Scene) -> Made | None:
    position, *what = rest
    counted = _BUMPS.get(tuple(what))
    if counted is None:
        return None
    says, parts = counted
    cause = caused(scene.report["bumps"][position])
    (bump,) = (one for one in scene.beside.bumps if one.plan.cause == cause)
    progress = Progress.of(bump, scene.period)
    return Made(says, "sum", parts(progress) if progress else ())


def _lined(progress: Progress) -> list[Part]:
    return [_of_stream(name, progress) for name in sorted(streams(progress.lines))]


def _moved(progress: Progress) -> list[Part]:
    return [_of_stream(name, progress) for name in sorted(moved(progress.lines))]


def _of_stream(name: str, progress: Progress) -> Part:
    lines = [_line(line) for line in progress.lines if line.name.stream == name]
    return Part(1, {"stream": name, "lines": lines})


def _left(each: float) -> Callable[[Progress], list[Part]]:
    def parts(progress: Progress) -> list[Part]:
        plan = progress.bump.plan
        fixes = [one for one in plan.fixes if one.severity in plan.severe]
        if not progress.bump.stands:
            return []
        return [
            Part(
                each * (one.exposures or one.streams),
                {"vulnerability": one.vulnerability, "severity": one.severity},
            )
            for one in fixes
        ]

    return parts


def _line(line: Line) -> Document:
    done = line.done
    return {
        "platform": line.name.platform,
        "done_at": stamp(done.at) if done else None,
        "because": done.because if done else None,
    }


_BUMPS: Final[Mapping[tuple[Any, ...], tuple[str, Callable[[Progress], list[Part]]]]] = {
    ("streams",): ("streams of the ticket", _lined),
    ("moved",): ("streams that were rebuilt on each of their platforms", _moved),
    ("left", "windows"): ("exposures that are proven to end in the streams to do", _left(1)),
    ("left", "exposure_days_per_week"): ("exposures to end, times seven days", _left(7)),
}

_ROOTS: Final[Mapping[str, Callable[[Sequence[Any], Scene], Made | None]]] = {
    "figures_version": _given("the version of the figures, as this watcher draws them"),
    "policy": _given("days that the policy allows"),
    "curve": _curve,
    "critical_and_high": _curve,
    "previous": _curve,
    "coverage": _coverage,
    "teams": _teams,
    "idle": _idle,
    "bumps": _bumps,
}
