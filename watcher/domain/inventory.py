"""What listings tell of tags: which moved, which are new, which are gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

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
    dated: list[TagSpan] = []
    for interval, successor in pairwise([*ordered, None]):
        if interval is not None:
            dated.append(_span(interval, successor))
    return [span for span in dated if span.end is None or span.start.at < span.end.at]


def start_of(interval: TagInterval) -> Bound:
    """Date the beginning of a tag's digest: by its push where that is news, else when seen."""
    pushed = interval.pushed_at
    if interval.previous_at is None:
        known = pushed is not None and pushed <= interval.observed_at
        return Bound(pushed if known and pushed else interval.observed_at, backfilled=True)
    if pushed is not None and interval.previous_at < pushed <= interval.observed_at:
        return Bound(pushed)
    return Bound(interval.observed_at, not_before=interval.previous_at)


def plausible_creation(created: datetime | None, observed_at: datetime) -> datetime | None:
    """An image's `created` where it can be true: neither before 2013 nor in the future."""
    if created is None or created.year < _FIRST_IMAGE_EVER or created > observed_at:
        return None
    return created


def _span(interval: TagInterval, successor: TagInterval | None) -> TagSpan:
    end = None
    if interval.gone_at is not None:
        end = Bound(interval.gone_at, not_before=interval.gone_previous_at)
    elif successor is not None:
        end = start_of(successor)
    return TagSpan(
        tag=interval.tag,
        digest=interval.digest,
        observed_at=interval.observed_at,
        start=start_of(interval),
        end=end,
        gone=interval.gone_at is not None,
        created_counts=interval.previous_at is None and interval.pushed_at is None,
    )
