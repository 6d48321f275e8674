"""Platforms united: while any platform of a stream is exposed, the stream is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from watcher.domain.exposure import Cause
from watcher.domain.package import SEVERITIES
from watcher.domain.policy import Due
from watcher.domain.waterfall import Milestones
from watcher.report.figures.stretch import Stretch


def united(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Unite the stretches of each (stream, vulnerability) that overlap or touch.

    Stretches of one stream stand together, as the ledger reads them: only one stream is in memory
    at a time. Raises ValueError where a stream turns up a second time.
    """
    seen: set[str] = set()
    for stream, found in groupby(stretches, key=lambda one: one.stream):
        if stream in seen:
            raise ValueError(f"stretches of {stream} do not stand together: sort them by stream")
        seen.add(stream)
        by_vulnerability: dict[str, list[Stretch]] = defaultdict(list)
        for one in found:
            by_vulnerability[one.vulnerability].append(one)
        for together in by_vulnerability.values():
            yield from _units(together)


def _units(stretches: list[Stretch]) -> Iterator[Stretch]:
    """The maximal intervals in which some stretch is open."""
    if len(stretches) == 1:
        yield stretches[0]
        return
    run: list[Stretch] = []
    reach: datetime | None = None
    for one in sorted(stretches, key=lambda one: one.start):
        if run and reach is not None and one.start > reach:
            yield _unit(run)
            run = []
        reach = _further(reach, one.end) if run else one.end
        run.append(one)
    yield _unit(run)


def _further(reach: datetime | None, end: datetime | None) -> datetime | None:
    return None if reach is None or end is None else max(reach, end)


def _unit(run: Sequence[Stretch]) -> Stretch:
    """One stretch for a run: from the first start to the last end, and the cause of that one."""
    if len(run) == 1:
        return run[0]
    start = run[0].start
    end = max((one.end for one in run if one.end), default=None)
    if any(one.end is None for one in run):
        end = None
    last = [one for one in run if one.end == end]
    return replace(
        last[0],
        severity=min((one.severity for one in run), key=SEVERITIES.index),
        start=start,
        end=end,
        cause=_cause([one.cause for one in last if one.cause is not None]),
        # As in the ledger: what anybody watched begin is not backfilled.
        backfilled=all(one.backfilled for one in run if one.start == start),
        detected=min(one.detected for one in run),
        due=_due([one.due for one in run]),
        milestones=_milestones([one.milestones for one in run]),
        packages=tuple(sorted({name for one in run for name in one.packages})),
        windows=tuple(sorted({number for one in run for number in one.windows})),
    )


def _due(dues: Sequence[Due]) -> Due:
    """The first due time of all platforms; where none has any, what is most in doubt."""
    timed = [one for one in dues if one.at is not None]
    if timed:
        return min(timed, key=lambda one: (one.at, one.missing))
    order = ("undetermined", "waiting", "unlimited")
    return min(dues, key=lambda one: (order.index(one.state), one.missing))


def _milestones(told: Sequence[Milestones]) -> Milestones:
    """What all platforms had to wait for: found with the first of them, fixed with the last."""
    return Milestones(
        known_in_db=_first(one.known_in_db for one in told),
        detected=_first(one.detected for one in told),
        fix_available=_last([one.fix_available for one in told]),
        base_fix_available=_last([one.base_fix_available for one in told if one.in_base]),
        ticketed=_first(one.ticketed for one in told),
        in_base=any(one.in_base for one in told),
    )


def _first(times: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in times if one is not None), default=None)


def _last(times: Sequence[datetime | None]) -> datetime | None:
    """The last of all times; None where one is missing."""
    known = [one for one in times if one is not None]
    return max(known, default=None) if len(known) == len(times) else None


def _cause(causes: list[Cause]) -> Cause | None:
    """Of platforms that ended at once, as in the ledger: a success only where nothing else is."""
    others = sorted(cause for cause in causes if cause != "remediated")
    return others[0] if others else next(iter(causes), None)
