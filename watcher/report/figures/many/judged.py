"""By when many stretches are due: what a policy leaves for each kind of them, asked once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from watcher.domain.policy import Clock, Rated, Run, due
from watcher.domain.survival.columns import (
    DUE,
    NEVER,
    UNDETERMINED,
    UNLIMITED,
    WAITING,
    Allowed,
    Judged,
    Whole,
    dues,
    later,
    places,
    whole,
)
from watcher.ports.store.columns import Assessed
from watcher.report.dues import Beginning, Judge, resuming
from watcher.report.figures.span import LAST, TICK, ticks, time_of

Missing = tuple[str, ...]
STATES = {"due": DUE, "undetermined": UNDETERMINED, "waiting": WAITING, "unlimited": UNLIMITED}


@dataclass(frozen=True, slots=True)
class Milestones:
    """When the clocks that a policy may count on were reached, NEVER where they were not."""

    start: Whole
    present: Whole
    detected: Whole
    fixed: Whole
    base_fixed: Whole
    ticketed: Whole

    def clock(self, name: Clock) -> Whole:
        """When a clock begins that nothing before has started."""
        reached = {
            "known": self.start,
            "present": self.present,
            "detected": self.detected,
            "fix_available": self.fixed,
            "base_fix_available": self.base_fixed,
            "ticketed": self.ticketed,
        }[name]
        begin = self.present if name in {"present", "fix_available"} else self.start
        return later(reached, begin)


@dataclass(slots=True)
class Limits:
    """What a policy left for each kind of stretch, and what it could not say, by number."""

    rated: Sequence[Sequence[Rated]] = ()
    allowed: list[Allowed] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    @classmethod
    def of(cls, rated: Sequence[Sequence[Rated]]) -> Limits:
        """Number what is missing in the order of its names; 0 is nothing."""
        named = [_missing(one) for one in rated]
        known = sorted({(), *named})
        numbers: Mapping[Missing, int] = {one: number for number, one in enumerate(known)}
        allowed = [_allowed(one, numbers[told]) for one, told in zip(rated, named, strict=True)]
        return cls(rated, allowed, known)


def limits(
    judge: Judge,
    assessed: Sequence[Assessed],
    pairs: Whole,
    stream_and_flaw: tuple[Whole, Whole],
    named: tuple[Callable[[int], str], Callable[[int], str]],
) -> tuple[Limits, Whole]:
    """What the policy left, and which of it each stretch has.

    `pairs` are the places of what is assessed; `named` calls streams and flaws by their places.
    """
    if judge.policy.only_severity:
        rated = [judge.by_severity(one.first, one.rerated) for one in assessed]
        return Limits.of(rated), pairs
    streams, flaws = stream_and_flaw
    name_stream, name_flaw = named
    kinds: dict[object, int] = {}
    alike = [
        kinds.setdefault(frozenset(judge.factors_of(name_stream(one)).items()), len(kinds))
        for one in range(int(streams.max(initial=-1)) + 1)
    ]
    examples = {kind: one for one, kind in reversed([*enumerate(alike)])}
    most = len(kinds) or 1
    distinct, which = places(flaws * most + whole(alike)[streams])
    told = [
        judge.by_factors(name_stream(examples[one % most]), name_flaw(one // most))
        for one in distinct
    ]
    return Limits.of(told), which


def judged(clock: Whole, ends: Whole, found: Limits, which: Whole) -> Judged:
    """Judge stretches; a clock that had not begun before the end waits."""
    waits = clock >= ends
    begun = clock.copy()
    begun[waits] = NEVER
    return dues(begun, found.allowed, which, LAST)


@dataclass(frozen=True, slots=True)
class Resumed:
    """Rows of windows whose clocks go on, from an earlier episode or under an earlier name."""

    rows: Sequence[int]  # by window, oldest first
    windows: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]
    clocks: Sequence[int]
    remediated: Sequence[bool]


def judge_resumed(
    found: Judged,
    resumed: Resumed,
    limits: Limits,
    which: Sequence[int],
    inherited: Mapping[int, Sequence[Run]],
) -> None:
    """Judge each row of such windows by all runs of its clock; `which` of the limits it has."""
    numbers = {told: number for number, told in enumerate(limits.missing)}
    parts = zip(
        *(resumed.rows, resumed.windows, resumed.starts, resumed.ends),
        *(resumed.clocks, resumed.remediated, which),
        strict=True,
    )
    for window, together in groupby(parts, key=lambda one: one[1]):
        each = list(together)
        beginnings = [
            Beginning(time_of(start), _time(end), _time(clock), remediated=remediated)
            for _, _, start, end, clock, remediated, _ in each
        ]
        clocks = resuming(beginnings, inherited.get(window, ()))
        for one, clock in zip(each, clocks, strict=True):
            told = due(clock, limits.rated[one[-1]])
            found.at[one[0]] = NEVER if told.at is None else ticks(told.at)
            found.state[one[0]] = STATES[told.state]
            found.missing[one[0]] = numbers[told.missing]


def _time(tick: int) -> datetime | None:
    return None if tick == NEVER else time_of(tick)


def _missing(rated: Sequence[Rated]) -> Missing:
    return tuple(sorted({name for one in rated for name in one.limit.missing}))


def _allowed(rated: Sequence[Rated], missing: int) -> Allowed:
    timed = [one for one in rated if one.limit.time is not None]
    return Allowed(
        [one.limit.time // TICK for one in timed if one.limit.time is not None],
        [-NEVER if one.recorded is None else ticks(one.recorded) for one in timed],
        missing,
    )
