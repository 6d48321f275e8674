"""Columns of the ledger gathered to stretches: with names, severity, due times and milestones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from watcher.domain.package import SEVERITIES, rank
from watcher.domain.survival.columns import (
    NEVER,
    Built,
    Keyed,
    Spans,
    Truth,
    Whole,
    among,
    base_fixes,
    in_order,
    joined,
    last_of,
    later,
    paired,
    places,
    whole,
)
from watcher.ports.store.columns import (
    Assessed,
    BeneathColumns,
    EpisodeColumns,
    NamedFlaw,
    NamedStream,
    Pair,
    SpanColumns,
)
from watcher.report.dues import Judge
from watcher.report.figures.many.judged import (
    STATES,
    Milestones,
    Resumed,
    judge_resumed,
    judged,
    limits,
)
from watcher.report.figures.many.names import Names, Owned, called
from watcher.report.figures.span import NUMBERS, ticks
from watcher.report.figures.stretch import Stretch


class Told(Protocol):
    """What is asked beside episodes; the port `LedgerColumns` at one pass."""

    def streams(self, numbers: Collection[int]) -> Mapping[int, NamedStream]:
        """What streams are called."""

    def flaws(self, numbers: Collection[int]) -> Mapping[int, NamedFlaw]:
        """What vulnerabilities are called."""

    def assessed(self, pairs: Sequence[Pair]) -> Sequence[Assessed]:
        """What is said of each pair."""

    def beneath(self, platforms: Sequence[str], flaws: Mapping[int, NamedFlaw]) -> BeneathColumns:
        """What tracks were built on, and what tickets asked of them."""


@dataclass(slots=True)
class Gathered:
    """Stretches before platforms are united.

    `windows` and `affected` are of each row (0: it was read as an object, and its packages are in
    `packages`, by row), `missing` names what due times hang on, by number.
    """

    spans: Spans
    names: Names
    windows: Whole
    affected: Whole
    missing: Sequence[tuple[str, ...]]
    packages: Mapping[int, Sequence[str]] = field(default_factory=dict)


def folded_apart(told: EpisodeColumns) -> set[int]:
    """Windows whose clocks the ledger does not tell: a watcher recorded them that kept none."""
    return set(places(whole(told.window)[whole(told.clocked) == 0])[0])


def gathered(
    columns: EpisodeColumns, beside: Told, owned: Owned, judge: Judge, apart: Collection[int]
) -> Gathered:
    """Gather episodes, but for those of windows that are folded `apart`."""
    rows = _Rows.of(columns, apart)
    names = Names()
    streams, stream_of = places(rows.stream)
    found = beside.streams(streams)
    placed = [owned.placed(names, called(found[number])) for number in streams]
    flaws, flaw_of = places(rows.flaw)
    flaw_names = beside.flaws(flaws)
    flaw_places = [names.flaws.of(flaw_names[number].name) for number in flaws]
    width = (flaws[-1] if flaws else 0) + 1
    keys, pair_of = places(paired(rows.affected, rows.flaw, width))
    assessed = beside.assessed([divmod(key, width) for key in keys])
    last = last_of(rows.window, rows.start)
    severity = whole([rank(one.severity) for one in assessed])[pair_of[last]]
    fixed = later(whole([_fixed(one) for one in assessed])[pair_of], rows.start)
    beneath = beside.beneath(columns.platforms, flaw_names)
    brought, base_fixed, ticketed = _milestones(beneath, rows, width, len(columns.platforms))
    reached = Milestones(rows.start, rows.present, rows.seen, fixed, base_fixed, ticketed)
    stream, team, cluster = (whole(one)[stream_of] for one in _columns(placed))
    flaw = whole(flaw_places)[flaw_of]
    told, which = limits(
        judge,
        assessed,
        pair_of,
        (stream, flaw),
        (names.streams.names.__getitem__, names.flaws.names.__getitem__),
    )
    clock = reached.clock(judge.policy.clock)
    due = judged(clock, rows.end, told, which)
    resumed = _resumed(rows, clock, judge.inherited)
    if resumed.rows:
        judge_resumed(due, resumed, told, which[resumed.rows].tolist(), judge.inherited)
    spans = Spans(
        stream=stream,
        flaw=flaw,
        team=team,
        cluster=cluster,
        severity=severity,
        start=rows.start,
        end=rows.end,
        seen=rows.seen,
        cause=rows.cause,
        backfilled=rows.backfilled,
        due=due.at,
        state=due.state,
        missing=due.missing,
        known=rows.known,
        fixed=fixed,
        base_fixed=base_fixed,
        ticketed=ticketed,
        in_base=brought.astype("int64"),
    )
    return Gathered(spans, names, rows.window, rows.affected, told.missing or [()])


@dataclass(frozen=True, slots=True)
class _Rows:
    """The columns of those episodes that are gathered."""

    window: Whole
    stream: Whole
    platform: Whole
    flaw: Whole
    start: Whole
    end: Whole
    cause: Whole
    backfilled: Whole
    seen: Whole
    affected: Whole
    known: Whole
    present: Whole
    resumes: Whole

    @classmethod
    def of(cls, one: EpisodeColumns, apart: Collection[int]) -> _Rows:
        kept: Truth = ~among(whole(one.window), apart)
        columns = (
            *(one.window, one.stream, one.platform, one.vulnerability, one.start, one.end),
            *(one.cause, one.backfilled, one.detected, one.affected, one.known, one.present),
            one.resumes,
        )
        return cls(*(whole(column)[kept] for column in columns))


def _resumed(rows: _Rows, clock: Whole, inherited: Iterable[int]) -> Resumed:
    """The rows of windows whose clocks go on."""
    windows = {*places(rows.window[rows.resumes == 1])[0], *inherited}
    chosen = among(rows.window, windows).nonzero()[0]
    order = chosen[in_order(rows.window[chosen], rows.start[chosen])]
    return Resumed(
        order.tolist(),
        rows.window[order].tolist(),
        rows.start[order].tolist(),
        rows.end[order].tolist(),
        clock[order].tolist(),
        (rows.cause[order] == NUMBERS["remediated"]).tolist(),
    )


def _fixed(one: Assessed) -> int:
    """Since when there is a fix of everything; 0 where that is as old as the exposure."""
    if not one.fixed:
        return NEVER
    return -NEVER if one.fix_known_at is None else ticks(one.fix_known_at)


def _columns(placed: Sequence[tuple[int, int, int]]) -> tuple[list[int], list[int], list[int]]:
    return [one[0] for one in placed], [one[1] for one in placed], [one[2] for one in placed]


def _milestones(
    told: BeneathColumns, rows: _Rows, width: int, platforms: int
) -> tuple[Truth, Whole, Whole]:
    """Whether a base brought each flaw, since when it was fixed there, and on a ticket."""
    tracks = paired(rows.stream, rows.platform, platforms)
    built = Built(
        tracks=paired(whole(told.stream), whole(told.platform), platforms),
        starts=whole(told.start),
        ends=whole(told.end),
        bases=whole(told.base),
        lineages=whole(told.lineage),
        brought=_keyed(told.brought, width),
        clean=_keyed(told.clean, width),
        flaws=width,
    )
    brought, fixed = base_fixes(built, tracks, rows.flaw, rows.start, rows.end)
    asked_of = whole([stream * platforms + platform for stream, platform in told.asked_of])
    asked = Keyed.of(
        paired(asked_of[whole(told.asked.of)], whole(told.asked.and_of), width),
        whole(told.asked.start),
        whole(told.asked.end),
    )
    return brought, fixed, asked.first(paired(tracks, rows.flaw, width), rows.start, rows.end)


def _keyed(told: SpanColumns, width: int) -> Keyed:
    keys = paired(whole(told.of), whole(told.and_of), width)
    return Keyed.of(keys, whole(told.start), whole(told.end))


def with_stretches(found: Gathered, stretches: Iterable[Stretch], owned: Owned) -> Gathered:
    """The same with stretches that were read one by one behind the others."""
    told = list(stretches)
    if not told:
        return found
    missing = sorted({*found.missing, *(one.due.missing for one in told)})
    number = {one: place for place, one in enumerate(missing)}
    spans = found.spans
    renumbered = whole([number[one] for one in found.missing])[spans.missing]
    others = _spans(told, found.names, owned, number)
    begin = len(spans)
    return Gathered(
        spans=replace(spans, missing=renumbered).beside(others),
        names=found.names,
        windows=joined(found.windows, whole([one.windows[0] for one in told])),
        affected=joined(found.affected, whole([0] * len(told))),
        missing=missing,
        packages={begin + place: one.packages for place, one in enumerate(told)},
    )


def _spans(
    told: Sequence[Stretch], names: Names, owned: Owned, missing: Mapping[tuple[str, ...], int]
) -> Spans:
    """Stretches as rows."""
    placed = [owned.placed(names, one.stream) for one in told]
    stream, team, cluster = (whole(one) for one in _columns(placed))
    milestones = [one.milestones for one in told]
    return Spans(
        stream=stream,
        flaw=whole([names.flaws.of(one.vulnerability) for one in told]),
        team=team,
        cluster=cluster,
        severity=whole([SEVERITIES.index(one.severity) for one in told]),
        start=_times(one.start for one in told),
        end=_times(one.end for one in told),
        seen=_times(one.detected for one in told),
        cause=whole([NUMBERS.get(one.cause, 0) for one in told]),
        backfilled=whole([one.backfilled for one in told]),
        due=_times(one.due.at for one in told),
        state=whole([STATES[one.due.state] for one in told]),
        missing=whole([missing[one.due.missing] for one in told]),
        known=_times(one.known_in_db for one in milestones),
        fixed=_times(one.fix_available for one in milestones),
        base_fixed=_times(one.base_fix_available for one in milestones),
        ticketed=_times(one.ticketed for one in milestones),
        in_base=whole([one.in_base for one in milestones]),
    )


def _times(told: Iterable[datetime | None]) -> Whole:
    return whole([NEVER if one is None else ticks(one) for one in told])
