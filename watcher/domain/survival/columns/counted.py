"""What many stretches sum up to in a period, by group: the sums of a tally, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from watcher.domain.survival.cohort import Floats
from watcher.domain.survival.columns.clock import DUE, UNDETERMINED, WAITING
from watcher.domain.survival.columns.spans import Spans
from watcher.domain.survival.columns.whole import NEVER, Truth, Whole, counts, sums


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Those of a group who were watched: entry and exit in days of exposure, end and cluster."""

    entries: Floats
    exits: Floats
    outcomes: npt.NDArray[np.uint8]
    clusters: Whole


@dataclass(frozen=True, slots=True)
class ClusterCount:
    """The sums of one cluster in one group, by name."""

    cluster: int
    sums: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """The sums of one group, by name; closed stretches by cause; open ones and overdue by age."""

    sums: Mapping[str, int]
    closed: Mapping[int, int]
    ages: Sequence[int]
    overdue: Sequence[int]
    observed: Observed
    clusters: Sequence[ClusterCount]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a period is counted: [since, as_of), a day in ticks, bounds of ages, and the success."""

    since: int
    as_of: int
    day: int
    ages: Sequence[int]
    remediated: int


def counted(spans: Spans, groups: Whole, count: int, terms: Terms) -> list[Counted]:
    """Sum up the stretches of each group, numbered from 0."""
    inside = (spans.start <= terms.as_of) & (spans.end > terms.since)
    rows, groups = spans.where(inside), groups[inside]
    told = _Told.of(rows, terms)
    totals = {name: sums(column, groups, count) for name, column in told.columns().items()}
    ages = _crossed(groups, told.ages, len(terms.ages) + 1, count, told.is_open)
    overdue = _crossed(groups, told.ages, len(terms.ages) + 1, count, told.overdue)
    causes = int(rows.cause.max(initial=0)) + 1
    closed = _crossed(groups, rows.cause, causes, count, ~told.is_open)
    watched = _watched(rows, groups, count, told, terms)
    clusters = _clusters(rows, groups, count, told)
    return [
        Counted(
            {name: column[group] for name, column in totals.items()},
            {cause: number for cause, number in enumerate(closed[group]) if number},
            ages[group],
            overdue[group],
            watched[group],
            clusters[group],
        )
        for group in range(count)
    ]


def observed_in(
    spans: Spans, groups: Whole, count: int, since: int, as_of: int
) -> tuple[list[int], list[int]]:
    """The observed ticks of a period by group, and how many stretches are open at its end."""
    inside = (spans.start <= as_of) & (spans.end > since)
    rows, groups = spans.where(inside), groups[inside]
    leave = np.minimum(rows.end, as_of)
    entry = np.maximum(np.maximum(rows.seen, rows.start), since)
    observed = sums(np.maximum(0, leave - entry), groups, count)
    return observed, counts(groups[rows.end > as_of], count)


def open_at(spans: Spans, groups: Whole, count: int, times: Whole) -> list[list[int]]:
    """How many stretches of each group were open at each of some times, ascending."""
    width = len(times) + 1
    begun = np.searchsorted(times, spans.start, side="left") + groups * width
    over = np.searchsorted(times, spans.end, side="left") + groups * width
    changes = np.bincount(begun, minlength=width * count)
    changes = changes - np.bincount(over, minlength=width * count)
    found: list[list[int]] = changes.reshape(count, width).tolist()
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What each row adds to the sums of a period."""

    is_open: Truth
    ages: Whole  # its place among the bounds
    overdue: Truth
    entry: Whole
    leave: Whole
    parts: Mapping[str, Whole]

    @classmethod
    def of(cls, rows: Spans, terms: Terms) -> _Told:
        since, as_of = terms.since, terms.as_of
        is_open = rows.end > as_of
        done = ~is_open & (rows.cause == terms.remediated)
        age = as_of - rows.start
        leave = np.minimum(rows.end, as_of)
        begin = np.maximum(rows.start, since)
        entry = np.minimum(np.maximum(rows.seen, begin), leave)
        acting = np.maximum(begin, rows.fixed)
        told = is_open & (rows.state != UNDETERMINED)
        overdue = told & (rows.due < as_of)
        counts_due = (rows.due != NEVER) & (rows.due >= rows.start)
        late = counts_due & (rows.end > rows.due)
        met = counts_due & (rows.end <= rows.due) & done
        missed = late & (since <= rows.due) & (rows.due < as_of)
        end = np.where(is_open, rows.start, rows.end)
        parts: dict[str, Whole] = {
            "open": is_open.astype(np.int64),
            "opened": (rows.start > since).astype(np.int64),
            "backfilled": rows.backfilled,
            "limited": (told & np.isin(rows.state, (DUE, WAITING))).astype(np.int64),
            "judged": told.astype(np.int64),
            "past_due": overdue.astype(np.int64),
            "met": met.astype(np.int64),
            "missed": missed.astype(np.int64),
            "age": np.where(is_open, age, 0),
            "remediated": done.astype(np.int64),
            "remediation": np.where(done, end - rows.start, 0),
            "response": np.where(done, np.maximum(0, end - np.maximum(rows.seen, rows.start)), 0),
            "actionable": np.maximum(0, leave - acting),
            "acted": (leave > acting).astype(np.int64),
            "observed": leave - entry,
            "unseen": entry - begin,
            "late": (entry > begin).astype(np.int64),
        }
        ages = np.searchsorted(np.asarray(terms.ages, dtype=np.int64), age, side="left")
        return cls(is_open, ages, overdue, entry, leave, parts)

    def columns(self) -> Mapping[str, Whole]:
        """What is summed by group."""
        return self.parts


_OF_CLUSTERS = (
    *("remediated", "remediation", "response", "actionable", "open", "age", "judged"),
    *("past_due", "met", "missed", "observed"),
)


def _crossed(groups: Whole, other: Whole, width: int, count: int, among: Truth) -> list[list[int]]:
    """How many of some rows each group has of each other number."""
    flat = counts(groups[among] * width + other[among], count * width)
    return [flat[begin : begin + width] for begin in range(0, count * width, width)]


def _watched(rows: Spans, groups: Whole, count: int, told: _Told, terms: Terms) -> list[Observed]:
    """Those under observation at some time, by group."""
    seen = np.flatnonzero(told.leave > told.entry)
    seen = seen[np.argsort(groups[seen], kind="stable")]
    start, leave = rows.start[seen], told.leave[seen]
    entries = (told.entry[seen] - start) / terms.day
    exits = (leave - start) / terms.day
    ended = rows.end[seen] <= terms.as_of
    outcomes = np.where(ended, rows.cause[seen], 0).astype(np.uint8)
    bounds = np.searchsorted(groups[seen], np.arange(count + 1))
    return [
        Observed(
            entries[begin:end], exits[begin:end], outcomes[begin:end], rows.cluster[seen[begin:end]]
        )
        for begin, end in pairwise(bounds)
    ]


def _clusters(rows: Spans, groups: Whole, count: int, told: _Told) -> list[list[ClusterCount]]:
    """The sums of each cluster, by group."""
    width = int(rows.cluster.max(initial=0)) + 1
    keys, place = np.unique(groups * width + rows.cluster, return_inverse=True)
    columns = {name: sums(told.parts[name], place, len(keys)) for name in _OF_CLUSTERS}
    found: list[list[ClusterCount]] = [[] for _ in range(count)]
    for number, key in enumerate(keys.tolist()):
        group, cluster = divmod(key, width)
        added = {name: column[number] for name, column in columns.items()}
        found[group].append(ClusterCount(cluster, added))
    return found
