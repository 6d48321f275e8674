"""The record's clock: the time of which a report is, unless another is asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from watcher.ports.store.views import FinishedPass


def as_of(asked: datetime | None, last: FinishedPass | None, now: datetime) -> datetime:
    """The time asked for; else the last pass's own time, run on by whole seconds since it started.

    With live passes that is now; after a history was replayed it goes on from the history's end.
    """
    if asked is not None:
        return asked
    if last is None:
        return now.replace(microsecond=0)
    gone_by = int((now - last.started_at).total_seconds())
    return last.at + timedelta(seconds=max(0, gone_by))
