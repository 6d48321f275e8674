"""The clocks that streams take over from those they succeed under another name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from watcher.bootstrap import App
from watcher.domain.policy import Clock, Run
from watcher.ports.store.exposures import Exposures, ReadWindow, WindowFilter
from watcher.ports.store.successions import Renames, Successions
from watcher.report.dues import running

Clocks = Mapping[int, Sequence[Run]]  # by the number of the window that takes them over


def inherited_clocks(app: App, upto: int, clock: Clock, renames: Renames) -> Clocks:
    """When the clocks ran that windows take over; read once for each pass."""
    return clocks_of((app.successions, app.exposures), upto, clock, renames)


@lru_cache(maxsize=8)
def clocks_of(
    record: tuple[Successions, Exposures], upto: int, clock: Clock, renames: Renames
) -> Clocks:
    """The same from the record alone; what is asked again is still in memory."""
    successions, exposures = record
    found = successions.succeeded(upto, renames)
    if not found:
        return {}
    numbers = frozenset(one.from_window for one in found)
    before = {one.number: one for one in exposures.windows(WindowFilter(numbers=numbers), upto)}
    clocks: dict[int, Sequence[Run]] = {}
    for one in found:  # the oldest first, so that a name of a name has its clocks already
        if one.from_window in before:
            carried = _carried(before[one.from_window], clock, clocks.get(one.from_window, ()))
            clocks[one.heir] = _until(carried, one.since)
    return clocks


def _carried(window: ReadWindow, clock: Clock, inherited: Sequence[Run]) -> Sequence[Run]:
    """When the clock ran in all, unless a remediation has set it back."""
    *_, last = running(window.episodes, clock, inherited)
    return () if window.episodes[-1].episode.cause == "remediated" else last


def _until(clock: Sequence[Run], since: datetime) -> Sequence[Run]:
    """The runs up to when the new name began: from then on its own episodes count."""
    early = (run for run in clock if run.start < since)
    return tuple(Run(run.start, min(run.end or since, since)) for run in early)
