"""Due times that no statement of the database can work out: windows are judged one by one."""

from __future__ import annotations

from dataclasses import replace

from watcher.domain.policy import Due
from watcher.ports.store.browsing import DueTimes, WindowsWanted
from watcher.ports.store.exposures import WindowFilter
from watcher.reading.reading import Reading


def judged_alone(record: Reading, wanted: WindowsWanted) -> WindowsWanted:
    """The same question with its due times answered, and ordered by severity instead of by them.

    Where due times are asked for, all windows are read.
    """
    order = "severity" if wanted.order == "due" else wanted.order
    if wanted.due is None:
        return replace(wanted, order=order)
    judge, asked = record.judge(), wanted.due
    windows = record.app.exposures.windows(
        WindowFilter(open_only=wanted.state == "open"), record.upto
    )
    numbers = frozenset(one.number for one in windows if _falls(judge.dues(one)[-1], asked))
    return replace(wanted, due=None, order=order, numbers=numbers)


def _falls(due: Due, asked: DueTimes) -> bool:
    """Whether a window is due when it was asked for; what is undetermined never is."""
    if asked.never:
        return due.state == "unlimited"
    if due.at is None:
        return False
    after = asked.since is None or due.at >= asked.since
    return after and (asked.before is None or due.at < asked.before)
