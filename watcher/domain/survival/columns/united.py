"""Platforms united, for all stretches at once: while any platform is exposed, the stream is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from watcher.domain.survival.columns.clock import DUE
from watcher.domain.survival.columns.spans import Spans
from watcher.domain.survival.columns.whole import NEVER, Truth, Whole


def united(spans: Spans, causes: Sequence[int]) -> tuple[Spans, Whole]:
    """Unite the stretches of a stream and flaw that overlap or touch.

    `causes` orders the causes by number: of those that ended a run at once the first one counts.
    Returns the runs, and the run of each row.
    """
    order = np.lexsort((spans.start, spans.flaw, spans.stream))
    rows = spans.where(order)
    if not len(rows):
        return rows, order
    same = (rows.stream[1:] == rows.stream[:-1]) & (rows.flaw[1:] == rows.flaw[:-1])
    begins = np.concatenate(([True], ~(same & (rows.start[1:] <= _reach(rows, same)))))
    first = np.flatnonzero(begins)
    run = np.cumsum(begins) - 1
    found = np.empty(len(rows), dtype=np.int64)
    found[order] = run
    if len(first) == len(rows):
        return rows, found
    return _merged(rows, first, run, causes), found


def _reach(rows: Spans, same: Truth) -> Whole:
    """For each row but the last how far its run has reached with it."""
    reach = rows.end.copy()
    # Nearly all stand alone; few are told of by more than a handful of platforms.
    waiting = np.flatnonzero(same)
    while len(waiting):
        further = np.maximum(reach[waiting], reach[waiting + 1])
        touching = rows.start[waiting + 1] <= reach[waiting]
        changed = touching & (further != reach[waiting + 1])
        reach[waiting[changed] + 1] = further[changed]
        waiting = waiting[changed] + 1
        waiting = waiting[waiting < len(same)]
        waiting = waiting[same[waiting]]
    return reach[:-1]


def _merged(rows: Spans, first: Whole, run: Whole, causes: Sequence[int]) -> Spans:
    """One stretch for each run, which begins with row `first`."""
    alone = rows.where(first)
    end = np.maximum.reduceat(rows.end, first)
    last = rows.end == end[run]
    rank = np.zeros(max(causes, default=0) + 1, dtype=np.int64)
    rank[list(causes)] = np.arange(1, len(causes) + 1)
    decides = np.minimum.reduceat(np.where(last, rank[rows.cause], NEVER), first)
    by_rank = np.array([0, *causes], dtype=np.int64)
    start = rows.start == rows.start[first][run]
    state = np.where(rows.state == DUE, DUE, rows.state)
    most = np.int64(int(rows.missing.max(initial=0)) + 1)
    doubt = np.minimum.reduceat(state * most + rows.missing, first)
    single = np.diff(np.append(first, len(rows))) == 1
    with_base = rows.in_base == 1
    brought = np.maximum.reduceat(rows.in_base, first)
    base_fixed = np.maximum.reduceat(np.where(with_base, rows.base_fixed, -NEVER), first)
    return replace(
        alone,
        severity=np.minimum.reduceat(rows.severity, first),
        end=end,
        cause=np.where(end == NEVER, 0, by_rank[np.where(decides == NEVER, 0, decides)]),
        backfilled=np.minimum.reduceat(np.where(start, rows.backfilled, 1), first),
        seen=np.minimum.reduceat(rows.seen, first),
        due=np.minimum.reduceat(rows.due, first),
        state=doubt // most,
        missing=doubt % most,
        known=np.minimum.reduceat(rows.known, first),
        fixed=np.maximum.reduceat(rows.fixed, first),
        base_fixed=np.where(single, alone.base_fixed, np.where(brought == 1, base_fixed, NEVER)),
        ticketed=np.minimum.reduceat(rows.ticketed, first),
        in_base=brought,
    )
