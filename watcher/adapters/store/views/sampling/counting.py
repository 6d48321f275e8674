"""How many streams were watched and covered at each sample, counted over runs of samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from sqlalchemy import Connection, or_, select

from watcher.adapters.store.rows import unindexed
from watcher.adapters.store.tables.inventory import bindings, stream_doubts, streams
from watcher.adapters.store.views.sampling.freshness import Fresh
from watcher.adapters.store.views.sampling.images import ImagesKnown
from watcher.adapters.store.views.sampling.moments import Moments, Range


@dataclass(slots=True)
class _Track:
    """A stream on one platform: over which samples it had a head, and over which a known one."""

    headed: list[Range] = field(default_factory=list)
    good: list[Range] = field(default_factory=list)


@dataclass(slots=True)
class _Stream:
    kind: int  # of its repository
    tracks: dict[str, _Track] = field(default_factory=lambda: defaultdict(_Track))
    doubted: list[Range] = field(default_factory=list)

    def runs(self) -> Iterable[tuple[Range, bool]]:
        """Runs of samples at which it is watched, and whether each of its heads is known."""
        told = self.tracks.values()
        every = [*self.doubted, *(one for each in told for one in (*each.headed, *each.good))]
        places = sorted({place for one in every for place in one})
        for begin, end in pairwise(places):
            headed = [one for one in told if _holds(one.headed, begin)]
            if headed:
                good = all(_holds(one.good, begin) for one in headed)
                yield (begin, end), good and not _holds(self.doubted, begin)


def counted(
    connection: Connection,
    moments: Moments,
    fresh: Fresh,
    known: ImagesKnown,
    seen: Collection[int] | None = None,
) -> tuple[list[int], list[int]]:
    """Streams that had a head, and those of them that were covered, by sample.

    Of the streams `seen` alone; None for all of them.
    """
    width = len(moments.numbers)
    watched = [0] * (width + 1)
    good = [[0] * (width + 1) for _ in fresh.listed]
    for number, stream in _streams(connection, moments, fresh, known):
        if seen is not None and number not in seen:
            continue
        for (begin, end), is_good in stream.runs():
            for changes in (watched, good[stream.kind]) if is_good else (watched,):
                changes[begin] += 1
                changes[end] -= 1
    covered = [0] * width
    for changes, is_fresh in zip(good, fresh.fresh, strict=True):
        for place, number in enumerate(accumulate(changes[:-1])):
            if is_fresh[place] and fresh.everything[place]:
                covered[place] += number
    return list(accumulate(watched[:-1])), covered


def _streams(
    connection: Connection, moments: Moments, fresh: Fresh, known: ImagesKnown
) -> Iterable[tuple[int, _Stream]]:
    """Published streams with their heads, by number."""
    one = bindings.c
    statement = (
        select(one.stream_id, one.platform, one.image_id, one.opened_in)
        .add_columns(one.closed_in, one.superseded_in, streams.c.repository_id)
        .join(streams, (streams.c.id == one.stream_id) & streams.c.published)
        .where(
            unindexed(one.opened_in) <= moments.last,
            or_(unindexed(one.closed_in).is_(None), unindexed(one.closed_in) > moments.first),
            or_(
                unindexed(one.superseded_in).is_(None),
                unindexed(one.superseded_in) > moments.first,
            ),
        )
    )
    found: dict[int, _Stream] = {}
    for number, platform, image, opened, *over, repository in connection.execute(statement):
        stream = found.get(number)
        if stream is None:
            stream = found[number] = _Stream(fresh.kind(repository))
        headed = moments.recorded(opened, *over)
        stream.tracks[platform].headed.append(headed)
        stream.tracks[platform].good += known.good(image, headed)
    doubts = stream_doubts.c
    for number, opened, closed in connection.execute(
        select(doubts.stream_id, doubts.opened_in, doubts.closed_in)
    ):
        if number in found:
            found[number].doubted.append(moments.recorded(opened, closed))
    return found.items()


def _holds(ranges: Sequence[Range], place: int) -> bool:
    return any(begin <= place < end for begin, end in ranges)
