"""A head over time: of all tags that belong together, the one that counts at each moment."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from watcher.domain.interval import Bound
from watcher.domain.inventory import TagSpan
from watcher.domain.stream.model import EndReason, Pointing


@dataclass(frozen=True, slots=True)
class Member:
    """A tag's digest over its span; of those present the one of the highest rank is the head."""

    rank: Any  # comparable with those of the same stream
    span: TagSpan


def heads(members: Sequence[Member]) -> list[Pointing]:
    """Follow the head over time."""
    found: list[Pointing] = []
    changes = _changes_of_head(members)
    for (at, head), following in zip_longest(changes, changes[1:]):
        if head is None:
            continue
        replaced = found[-1].end if found and found[-1].end else None
        takes_over = replaced is not None and replaced.at == at
        start = replaced if replaced and takes_over else _appeared(head.span, first=not found)
        end, reason = _left_head(head, *following) if following else (None, None)
        counts = head.span.created_counts and start is head.span.start
        found.append(
            Pointing(
                head.span.digest, head.span.observed_at, start, end, reason, created_counts=counts
            )
        )
    return found


def _changes_of_head(members: Sequence[Member]) -> list[tuple[datetime, Member | None]]:
    """Sweep spans over time; of several changes at one moment the outcome counts."""
    changes: list[tuple[datetime, Member | None]] = []
    present: list[tuple[Any, datetime, datetime, str, int]] = []
    for at, begins, number in _events(members):
        span = members[number].span
        key = (members[number].rank, span.observed_at, span.start.at, span.tag, number)
        bisect.insort(present, key) if begins else present.remove(key)
        head = members[present[-1][-1]] if present else None
        if changes and changes[-1][0] == at:
            changes.pop()
        if not changes or changes[-1][1] is not head:
            changes.append((at, head))
    return changes


def _events(members: Sequence[Member]) -> list[tuple[datetime, bool, int]]:
    """When spans begin and end; what the first listing found begins when it was found."""
    events: list[tuple[datetime, bool, int]] = []
    for number, span in enumerate(member.span for member in members):
        begins = _begins(span)
        if span.end is None or begins < span.end.at:
            events.append((begins, True, number))
            if span.end is not None:
                events.append((span.end.at, False, number))
    return sorted(events)


def _begins(span: TagSpan) -> datetime:
    return span.observed_at if span.start.backfilled else span.start.at


def _appeared(span: TagSpan, *, first: bool) -> Bound:
    """When a tag became the head by appearing; only the first head reaches back further."""
    if first or not span.start.backfilled:
        return span.start
    return Bound(span.observed_at).reaching_back_to(span.start.at)


def _left_head(head: Member, at: datetime, successor: Member | None) -> tuple[Bound, EndReason]:
    """When and why a tag was the head no longer: overtaken, moved itself, or gone."""
    span = head.span
    own = span.end if span.end is not None and span.end.at == at else None
    if successor is None:
        return own or Bound(at), "retired" if span.gone else "moved"
    if own is not None and span.gone and successor.rank <= head.rank:
        return own, "head_removed"
    appeared = _appeared(successor.span, first=False)
    return appeared if appeared.at == at else Bound(at), "moved"
