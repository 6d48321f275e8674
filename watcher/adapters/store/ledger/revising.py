"""Recorded episodes made the folded ones: closed, superseded or added, and never rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, update

from watcher.adapters.store.copying import Row
from watcher.adapters.store.ledger.windows import (
    Ending,
    Opening,
    Recorded,
    Window,
    add_windows,
    recorded_episodes,
    recorded_windows,
)
from watcher.adapters.store.rows import add_rows, among
from watcher.adapters.store.tables.ledger import episodes
from watcher.domain.exposure import Episode
from watcher.domain.interval import Revision
from watcher.domain.interval import revise as revision_of
from watcher.ports.store.ledger import LedgerCounts, Track, TrackFacts
from watcher.ports.store.passes import PassRecord

Pair = tuple[Opening, Ending | None]


def revise(
    connection: Connection,
    this: PassRecord,
    folded: Sequence[tuple[TrackFacts, Mapping[int, list[Episode]]]],
) -> LedgerCounts:
    """Make the recorded episodes of the folded vulnerabilities the given ones."""
    wanted: dict[Window, list[Pair]] = {
        (facts.track.stream, facts.track.platform, number): [_pair(one) for one in found]
        for facts, by_number in folded
        for number, found in by_number.items()
    }
    whole = {facts.track for facts, _ in folded if facts.vulnerabilities is None}
    held = recorded_windows(connection, [facts for facts, _ in folded])
    for window in held:
        if Track(window[0], window[1]) in whole:
            wanted.setdefault(window, [])
    # Windows that are added here hold nothing yet, so nothing is looked for in them.
    recorded = recorded_episodes(connection, (held[w] for w in wanted if w in held))
    new = [window for window, found in wanted.items() if found and window not in held]
    numbers = held | add_windows(connection, new)
    changes = _Changes(this)
    for window, found in wanted.items():
        if window in numbers:
            changes.take(numbers[window], recorded.get(numbers[window], {}), found)
    changes.write(connection)
    return LedgerCounts(changes.opened, changes.closed)


@dataclass(slots=True)
class _Changes:
    """What is to be written, gathered over many windows."""

    this: PassRecord
    close: list[tuple[int, Ending]] = field(default_factory=list)
    supersede: list[int] = field(default_factory=list)
    add: list[Row] = field(default_factory=list)
    opened: int = 0
    closed: int = 0

    def take(self, window: int, recorded: Mapping[int, Recorded], found: Sequence[Pair]) -> None:
        """Take in what changes in one window."""
        pairs = {number: (one.opening, one.ending) for number, one in recorded.items()}
        revision: Revision[Opening, Ending] = revision_of(pairs, found)
        outdated = [recorded[number] for number in revision.supersede]
        self.close += revision.close
        self.supersede += revision.supersede
        self.add += [_row(self.this, window, pair, outdated) for pair in revision.add]
        still = sum(one.ending is None for one in outdated)
        lasting = sum(ending is None for _, ending in revision.add)
        more = lasting - still - len(revision.close)
        # One found already ended was opened and closed: what is open is always the difference.
        opened = max(0, more, len(revision.add) - len(outdated))
        self.opened += opened
        self.closed += opened - more

    def write(self, connection: Connection) -> None:
        """Write it all."""
        if self.supersede:
            outdated = update(episodes).where(among(episodes.c.id, self.supersede))
            connection.execute(outdated.values(superseded_in=self.this.number))
        if self.close:
            end = update(episodes).where(episodes.c.id == bindparam("number"))
            end = end.values(
                end_at=bindparam("at"),
                end_not_before=bindparam("not_before"),
                cause=bindparam("why"),
                closed_in=self.this.number,
            )
            ended = [
                {"number": number, "at": at, "not_before": back, "why": why}
                for number, (at, back, why) in self.close
            ]
            connection.execute(end, ended)
        add_rows(connection, episodes, self.add)


def _pair(one: Episode) -> Pair:
    opening = (one.start.at, one.start.not_before, one.start.backfilled)
    return opening, (one.end.at, one.end.not_before, one.cause) if one.end else None


def _row(this: PassRecord, window: int, pair: Pair, outdated: Iterable[Recorded]) -> Row:
    opening, ending = pair
    at, not_before, cause = ending or (None, None, None)
    seen = (one.detected_in for one in outdated if _overlap(pair, one))
    return {
        "window_id": window,
        "start_at": opening[0],
        "start_not_before": opening[1],
        "backfilled": opening[2],
        "end_at": at,
        "end_not_before": not_before,
        "cause": cause,
        "detected_in": min([this.number, *seen]),
        "opened_in": this.number,
        "closed_in": this.number if ending else None,
    }


def _overlap(pair: Pair, one: Recorded) -> bool:
    """Whether a recorded episode tells of the same exposure as the one that takes its place."""
    (start, _, _), ending = pair
    begins_in_time = one.ending is None or start < one.ending[0]
    return begins_in_time and (ending is None or one.opening[0] < ending[0])
