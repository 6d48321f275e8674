"""Which tracker looks after which cause: where its ticket is, else where its team files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from watcher.domain.ticket import Cause, is_dashboard
from watcher.ports.store.bumps import Begun, Remembered


def routes(
    wanted: Collection[Cause],
    remembered: Iterable[Remembered],
    begun: Iterable[Begun],
    tracker_of: Callable[[str], str | None],
    trackers: Collection[str],
) -> dict[str, set[Cause]]:
    """The causes of each tracker that is there.

    A ticket that is open, or may have been filed, is looked after where it is, though its team
    files elsewhere by now: so that there are never two.
    """
    calls = list(begun)
    known = [one for one in remembered if not is_dashboard(one.key.cause)]
    home = {one.key.cause: one.tracker for one in known if one.closed_at is None}
    home |= {one.key.cause: one.tracker for one in calls if not is_dashboard(one.key.cause)}
    every = set(wanted) | home.keys()
    found: dict[str, set[Cause]] = defaultdict(set)
    for cause in every:
        lies = home.get(cause)
        name = lies if lies in trackers else tracker_of(cause.team)
        if name is not None and name in trackers:
            found[name].add(cause)
    return dict(found)
