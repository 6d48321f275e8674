"""Windows by what they gather, and the episodes recorded in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from watcher.adapters.store.copying import Row
from watcher.adapters.store.rows import add_numbered, among
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.ports.store.ledger import TrackFacts

Ending = tuple[datetime, datetime | None, str | None]
Window = tuple[int, str, int]  # stream, platform, vulnerability


class Opening(NamedTuple):
    """Where an episode begins, and its clocks; `affected` is the number of a set of packages.

    All but the first three are None in rows of watchers that did not record them.
    """

    start_at: datetime
    start_not_before: datetime | None
    backfilled: bool
    present_at: datetime | None = None
    known_at: datetime | None = None
    affected_id: int | None = None
    resumes: bool | None = None


class Recorded(NamedTuple):
    """A recorded episode: what it says, and which pass first saw it."""

    opening: Opening
    ending: Ending | None
    detected_in: int


def recorded_windows(connection: Connection, asked: Collection[TrackFacts]) -> dict[Window, int]:
    """Numbers of the windows that folding these tracks may concern."""
    statement = select(windows).where(
        among(windows.c.stream_id, {facts.track.stream for facts in asked})
    )
    single = [facts.vulnerabilities for facts in asked if facts.vulnerabilities is not None]
    if len(single) == len(asked):
        every = frozenset[int]().union(*single)
        statement = statement.where(among(windows.c.vulnerability_id, every))
    return {
        (row.stream_id, row.platform, row.vulnerability_id): row.id
        for row in connection.execute(statement).all()
    }


def add_windows(connection: Connection, wanted: Sequence[Window]) -> dict[Window, int]:
    """Add windows; returns their numbers."""
    rows: list[Row] = [
        {"stream_id": stream, "platform": platform, "vulnerability_id": number}
        for stream, platform, number in wanted
    ]
    return dict(zip(wanted, add_numbered(connection, windows, rows), strict=True))


def recorded_episodes(
    connection: Connection, numbers: Iterable[int]
) -> dict[int, dict[int, Recorded]]:
    """The episodes in force of windows, by window and their own number."""
    found: dict[int, dict[int, Recorded]] = defaultdict(dict)
    wanted = list(numbers)
    if not wanted:
        return found
    told = ("window_id", "id", "detected_in", "end_at", "end_not_before", "cause")
    statement = select(*(episodes.c[name] for name in (*told, *Opening._fields))).where(
        among(episodes.c.window_id, wanted), episodes.c.superseded_in.is_(None)
    )
    for window, number, detected, end, back, cause, *opening in connection.execute(statement).all():
        ending = (end, back, cause) if end else None
        found[window][number] = Recorded(Opening(*opening), ending, detected)
    return found
