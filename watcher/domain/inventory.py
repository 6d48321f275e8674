"""What listings tell of tags: which moved, which are new, which are gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise, zip_longest

from watcher.domain.interval import Bound

_FIRST_IMAGE_EVER = 2013  # Docker's first release; an earlier `created` was never true


@dataclass(frozen=True, slots=True)
class TagInterval:
    """A tag pointed to a digest, from the pass that saw it first until one saw otherwise.

    `previous_at` is the last complete listing of the repository before `observed_at`; None where
    there was none, so that the beginning lies in a past nobody watched. `gone_at` is set where a
    complete listing, or a 404, showed that the tag is gone; a moved tag has a successor instead.
    """

    tag: str
    digest: str
    observed_at: datetime
    previous_at: datetime | None = None
    pushed_at: datetime | None = None
    gone_at: datetime | None = None
    gone_previous_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TagChanges:
    """What one listing changes: intervals that begin, and tags that are gone."""

    begun: tuple[TagInterval, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TagSpan:
    """A tag's digest over [start, end); `created_counts` where only its creation can date it."""

    tag: str
    digest: str
    observed_at: datetime
    start: Bound
    end: Bound | None
    gone: bool
    created_counts: bool = field(default=False)


def observe(
    known: Mapping[str, str],
    seen: Mapping[str, tuple[str, datetime | None]],
    *,
    complete: bool,
    unresolved: Iterable[str],
    at: datetime,
    previous_at: datetime | None,
) -> TagChanges:
    """Compare a listing (tag to digest and push time) with the tags known open (tag to digest).

    A tag is gone only where the listing was complete and does not name it, not even as unresolved.
    """
    begun = tuple(
        TagInterval(tag, digest, at, previous_at, pushed_at)
        for tag, (digest, pushed_at) in sorted(seen.items())
        if known.get(tag) != digest
    )
    present = set(seen) | set(unresolved)
    gone = tuple(sorted(set(known) - present)) if complete else ()
    return TagChanges(begun, gone)


def spans(intervals: Iterable[TagInterval]) -> list[TagSpan]:
    """Turn the intervals of one tag into spans with dated ends, oldest first."""
    ordered = sorted(intervals, key=lambda interval: interval.observed_at)
    ordered = [*ordered[:1], *(_after(earlier, later) for earlier, later in pairwise(ordered))]
    dated: list[TagSpan] = []
    for interval, successor in zip_longest(ordered, ordered[1:]):
        span = _span(interval, successor)
        if span.end is None or span.start.at < span.end.at or span.created_counts:
            dated.append(span)
        elif dated and span.gone:  # it came and went at one time: what was there before is gone
            dated[-1] = replace(dated[-1], end=span.end, gone=True)
    return dated


def start_of(interval: TagInterval) -> Bound:
    """Date the beginning of a tag's digest: by its push where that is news, else when seen."""
    seen_at, previous_at = interval.observed_at, interval.previous_at
    pushed = plausible_creation(interval.pushed_at, seen_at)  # doubted like any date told
    if previous_at is None:
        return Bound(pushed or seen_at, backfilled=True)
    if pushed is not None and previous_at < pushed:
        return Bound(pushed)
    return Bound(seen_at).reaching_back_to(previous_at)


def plausible_creation(created: datetime | None, observed_at: datetime) -> datetime | None:
    """An image's `created` where it can be true: neither before 2013 nor in the future."""
    if created is None or created.year < _FIRST_IMAGE_EVER or created > observed_at:
        return None
    return created


def _after(earlier: TagInterval, interval: TagInterval) -> TagInterval:
    """An interval dated no earlier than the one before it: the tag was seen otherwise until then.

    The last complete listing may lie before that, since one tag that fails makes all incomplete.
    """
    seen_otherwise = earlier.gone_at or earlier.observed_at
    previous = interval.previous_at or seen_otherwise
    return replace(interval, previous_at=max(previous, seen_otherwise))


def _span(interval: TagInterval, successor: TagInterval | None) -> TagSpan:
    end = None
    if interval.gone_at is not None:
        seen_at = interval.observed_at
        end = Bound(interval.gone_at).reaching_back_to(interval.gone_previous_at or seen_at)
        end = end.no_earlier_than(seen_at)
    elif successor is not None:
        end = start_of(successor)
    start = start_of(interval)
    return TagSpan(
        tag=interval.tag,
        digest=interval.digest,
        observed_at=interval.observed_at,
        start=start,
        end=end,
        gone=interval.gone_at is not None,
        created_counts=start.backfilled
        and plausible_creation(interval.pushed_at, interval.observed_at) is None,
    )
