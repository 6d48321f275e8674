"""The ledger as rows: facts to fold, read in batches; episodes, revised without rewriting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, func, select, update

from watcher.adapters.store.engine import Row, add_numbered, add_rows, batches
from watcher.adapters.store.facts import read_facts
from watcher.adapters.store.pending import pending_tracks
from watcher.adapters.store.statistics import count_grown
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.adapters.store.tables.passes import passes
from watcher.domain.exposure import Episode
from watcher.domain.interval import Revision, revise
from watcher.ports.store.ledger import LedgerCounts, Track, TrackFacts
from watcher.ports.store.passes import PassRecord

_TRACKS = 100  # whose facts are in memory at once

Opening = tuple[datetime, datetime | None, bool]
Ending = tuple[datetime, datetime | None, str | None]
Window = tuple[int, str, int]  # stream, platform, vulnerability


@dataclass(frozen=True, slots=True)
class _Held:
    """A recorded episode: what it says, and which pass first saw it."""

    opening: Opening
    ending: Ending | None
    detected_in: int


@dataclass(frozen=True, slots=True)
class SqlLedger:
    """Signs the port `Ledger`."""

    engine: Engine

    def pending(self, this: PassRecord) -> Iterator[list[TrackFacts]]:
        """Tracks on which facts changed since the last fold, in bounded batches."""
        count_grown(self.engine)
        with self.engine.connect() as connection:
            since = connection.scalar(select(func.max(passes.c.id)).where(passes.c.folded)) or 0
            changed = pending_tracks(connection, since)
        for batch in batches(sorted(changed), _TRACKS):
            asked = {track: changed[track] for track in batch}
            with self.engine.connect() as connection:
                facts = read_facts(connection, this.number, asked)
            yield [facts.of(track, numbers) for track, numbers in asked.items()]

    def revise(
        self, this: PassRecord, folded: Sequence[tuple[TrackFacts, Mapping[int, list[Episode]]]]
    ) -> LedgerCounts:
        """Make the recorded episodes of the folded vulnerabilities the given ones."""
        wanted = {
            (facts.track.stream, facts.track.platform, number): [_pair(one) for one in found]
            for facts, by_number in folded
            for number, found in by_number.items()
        }
        whole = {facts.track for facts, _ in folded if facts.vulnerabilities is None}
        with self.engine.begin() as connection:
            numbers = _windows(connection, {facts.track.stream for facts, _ in folded})
            for window in numbers:
                if Track(window[0], window[1]) in whole:
                    wanted.setdefault(window, [])
            numbers |= _new_windows(
                connection, [w for w, found in wanted.items() if found and w not in numbers]
            )
            held = _episodes(
                connection, [numbers[window] for window in wanted if window in numbers]
            )
            return _apply(
                connection,
                this,
                {numbers[w]: found for w, found in wanted.items() if w in numbers},
                held,
            )

    def folded(self, this: PassRecord) -> None:
        """Record that every fact up to this pass was folded."""
        with self.engine.begin() as connection:
            connection.execute(update(passes).where(passes.c.id == this.number).values(folded=True))


def _pair(one: Episode) -> tuple[Opening, Ending | None]:
    opening = (one.start.at, one.start.not_before, one.start.backfilled)
    return opening, (one.end.at, one.end.not_before, one.cause) if one.end else None


def _windows(connection: Connection, streams: Iterable[int]) -> dict[Window, int]:
    found: dict[Window, int] = {}
    for batch in batches(sorted(streams)):
        for row in connection.execute(select(windows).where(windows.c.stream_id.in_(batch))):
            found[row.stream_id, row.platform, row.vulnerability_id] = row.id
    return found


def _new_windows(connection: Connection, wanted: Sequence[Window]) -> dict[Window, int]:
    rows: list[Row] = [
        {"stream_id": stream, "platform": platform, "vulnerability_id": number}
        for stream, platform, number in wanted
    ]
    return dict(zip(wanted, add_numbered(connection, windows, rows), strict=True))


def _episodes(connection: Connection, numbers: Iterable[int]) -> dict[int, dict[int, _Held]]:
    found: dict[int, dict[int, _Held]] = defaultdict(dict)
    for batch in batches(sorted(numbers)):
        statement = select(episodes).where(
            episodes.c.window_id.in_(batch), episodes.c.superseded_in.is_(None)
        )
        for row in connection.execute(statement):
            opening = (row.start_at, row.start_not_before, row.backfilled)
            ending = (row.end_at, row.end_not_before, row.cause) if row.end_at else None
            found[row.window_id][row.id] = _Held(opening, ending, row.detected_in)
    return found


def _apply(
    connection: Connection,
    this: PassRecord,
    wanted: Mapping[int, list[tuple[Opening, Ending | None]]],
    held: Mapping[int, Mapping[int, _Held]],
) -> LedgerCounts:
    close: list[tuple[int, Ending]] = []
    supersede: list[int] = []
    add: list[Row] = []
    opened = closed = 0
    for window, found in wanted.items():
        recorded = held.get(window, {})
        pairs = {number: (one.opening, one.ending) for number, one in recorded.items()}
        revision: Revision[Opening, Ending] = revise(pairs, found)
        outdated = [recorded[number] for number in revision.supersede]
        close += revision.close
        supersede += revision.supersede
        add += [_row(this, window, pair, outdated) for pair in revision.add]
        still = sum(one.ending is None for one in outdated)
        opened += max(0, len(revision.add) - len(outdated))
        closed += len(revision.close) + max(
            0, still - sum(ending is None for _, ending in revision.add)
        )
    _write(connection, this, close, supersede, add)
    return LedgerCounts(opened, closed)


def _write(
    connection: Connection,
    this: PassRecord,
    close: Sequence[tuple[int, Ending]],
    supersede: Sequence[int],
    add: Sequence[Row],
) -> None:
    for batch in batches(supersede):
        outdated = update(episodes).where(episodes.c.id.in_(batch))
        connection.execute(outdated.values(superseded_in=this.number))
    if close:
        end = update(episodes).where(episodes.c.id == bindparam("number"))
        end = end.values(
            end_at=bindparam("at"),
            end_not_before=bindparam("not_before"),
            cause=bindparam("why"),
            closed_in=this.number,
        )
        connection.execute(
            end,
            [
                {"number": n, "at": at, "not_before": back, "why": why}
                for n, (at, back, why) in close
            ],
        )
    add_rows(connection, episodes, add)


def _row(
    this: PassRecord, window: int, pair: tuple[Opening, Ending | None], outdated: Iterable[_Held]
) -> Row:
    opening, ending = pair
    at, not_before, cause = ending or (None, None, None)
    return {
        "window_id": window,
        "start_at": opening[0],
        "start_not_before": opening[1],
        "backfilled": opening[2],
        "end_at": at,
        "end_not_before": not_before,
        "cause": cause,
        "detected_in": min(
            [this.number, *(one.detected_in for one in outdated if _overlap(pair, one))]
        ),
        "opened_in": this.number,
        "closed_in": this.number if ending else None,
    }


def _overlap(pair: tuple[Opening, Ending | None], one: _Held) -> bool:
    """Whether a recorded episode tells of the same exposure as the one that takes its place."""
    (start, _, _), ending = pair
    begins_in_time = one.ending is None or start < one.ending[0]
    return begins_in_time and (ending is None or one.opening[0] < ending[0])
