"""Whose days they were, for all stretches at once: each cut at what it waited for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from watcher.domain.survival.columns.spans import Spans
from watcher.domain.survival.columns.whole import NEVER, Truth, Whole, sums

DATABASE, DETECTION, FIX, BASE, TICKET, REBUILD = range(6)


@dataclass(frozen=True, slots=True)
class Waited:
    """Ticks of a period by team and stage, and those that need not have come to pass.

    Both by places: of the team, and of team and cluster. A team without exposure in the period has
    its zeros where a stretch of it was looked at.
    """

    by_team: dict[int, list[int]]
    avoidable: dict[tuple[int, int], int]


def waited(spans: Spans, since: int, as_of: int) -> Waited:
    """Sum up [since, as_of); the stages are those of a waterfall, in their order."""
    end = np.where(spans.end == NEVER, as_of, spans.end)
    begun = (spans.start < end) & (spans.start < as_of)
    rows, end = spans.where(begun), end[begun]
    teams = int(rows.team.max(initial=-1)) + 1
    waits = np.zeros((REBUILD + 1, teams), dtype=object)
    for stage, ticks in _parts(rows, end, since, as_of):
        waits[stage] += np.array(sums(ticks, rows.team, teams), dtype=object)
    known = np.unique(rows.team).tolist()
    return Waited({team: [*waits[:, team]] for team in known}, _avoidable(rows, end, since, as_of))


def _parts(rows: Spans, end: Whole, since: int, as_of: int) -> list[tuple[int, Whole]]:
    """The ticks of each row that each stage waited."""
    found = [(stage, np.zeros(len(rows), dtype=np.int64)) for stage in range(REBUILD + 1)]
    waiting = np.full(len(rows), -1, dtype=np.int64)
    reach = rows.start.copy()
    for stage, asked, reached in _awaited(rows):
        waiting = np.where(asked & (waiting < 0), stage, waiting)
        come = asked & (reached != NEVER)
        until = np.where(come, np.minimum(np.maximum(reached, reach), end), reach)
        inside = _inside(reach, until, since, as_of)
        for number, ticks in found[: stage + 1]:
            np.add(ticks, inside, out=ticks, where=come & (waiting == number))
        reach = until
        waiting = np.where(come, -1, waiting)
    inside = _inside(reach, end, since, as_of)
    waiting = np.where(waiting < 0, REBUILD, waiting)
    for number, ticks in found:
        np.add(ticks, inside, out=ticks, where=waiting == number)
    return found


def _awaited(rows: Spans) -> list[tuple[int, Truth, Whole]]:
    """The stages in turn: who waited for each, and when it came."""
    every = np.ones(len(rows), dtype=np.bool_)
    brought = rows.in_base == 1
    return [
        (DATABASE, every, rows.known),
        (DETECTION, every, rows.seen),
        (FIX, every, rows.fixed),
        (BASE, brought, rows.base_fixed),
        (TICKET, brought | (rows.ticketed != NEVER), rows.ticketed),
    ]


def _avoidable(rows: Spans, end: Whole, since: int, as_of: int) -> dict[tuple[int, int], int]:
    fixed = rows.base_fixed != NEVER
    clusters = int(rows.cluster.max(initial=0)) + 1
    keys, groups = np.unique(rows.team[fixed] * clusters + rows.cluster[fixed], return_inverse=True)
    begin = np.maximum(rows.base_fixed[fixed], rows.start[fixed])
    ticks = sums(_inside(begin, end[fixed], since, as_of), groups, len(keys))
    return {divmod(key, clusters): told for key, told in zip(keys.tolist(), ticks, strict=True)}


def _inside(start: Whole, end: Whole, since: int, as_of: int) -> Whole:
    """The ticks of [start, end) that lie in the period."""
    inside: Whole = np.maximum(0, np.minimum(end, as_of) - np.maximum(start, since))
    return inside
