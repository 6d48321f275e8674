"""Coverage sampled at many times, from one reading of the record: what was so, over which of them.

What holds over a run of samples is worked out once for all of them. How many streams were watched
and covered at a time is the same as `read_coverage` judges stream by stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from watcher.adapters.store.views.sampling.counting import counted
from watcher.adapters.store.views.sampling.freshness import read_fresh
from watcher.adapters.store.views.sampling.images import read_images_known
from watcher.adapters.store.views.sampling.moments import read_moments
from watcher.adapters.store.views.sampling.unlisted import count_unlisted
from watcher.ports.store.views import Sampled, Sampling

__all__ = ["read_sampled"]


def read_sampled(
    connection: Connection,
    times: Sequence[datetime],
    stale_after: timedelta,
    only: Sampling | None = None,
) -> list[Sampled]:
    """How many streams were watched at each of some times, and covered; nothing before any pass.

    `only` leaves out what somebody does not see.
    """
    moments = read_moments(connection, times)
    if not moments.numbers:
        return [Sampled(at, 0, 0) for at in times]
    fresh = read_fresh(connection, moments, stale_after)
    known = read_images_known(connection, moments, fresh)
    seen, owns = (only.streams, only.owns) if only else (None, None)
    streams, covered = counted(connection, moments, fresh, known, seen)
    unlisted = count_unlisted(connection, moments, fresh, owns)
    found = dict(zip(moments.times, zip(streams, covered, unlisted, strict=True), strict=True))
    nothing = (0, 0, 0)
    return [
        Sampled(
            at, found.get(at, nothing)[0] + found.get(at, nothing)[2], found.get(at, nothing)[1]
        )
        for at in times
    ]
