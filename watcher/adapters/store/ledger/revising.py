"""Recorded episodes made the folded ones: closed, superseded or added, and never rewritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, update

from watcher.adapters.store.copying import Row
from watcher.adapters.store.ledger.affected import Packages, numbered
from watcher.adapters.store.ledger.renamed import families
from watcher.adapters.store.ledger.windows import (
    Ending,
    Opening,
    Recorded,
    Window,
    add_windows,
    recorded_episodes,
    recorded_windows,
)
from watcher.adapters.store.rows import add_rows, among, among_named
from watcher.adapters.store.tables.ledger import episodes
from watcher.domain.exposure import Episode, resumes
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
    every = {one.packages for _, told in folded for found in told.values() for one in found}
    sets = numbered(connection, this, every)
    wanted: dict[Window, list[Pair]] = {
        (facts.track.stream, facts.track.platform, number): list(_pairs(found, sets))
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
    changes = _Changes(this, _before(folded))
    for members in _together(folded, (window for window in wanted if window in numbers)):
        changes.take(
            [
                _Rewritten(one, numbers[one], recorded.get(numbers[one], {}), wanted[one])
                for one in members
            ]
        )
    changes.write(connection)
    return LedgerCounts(changes.opened, changes.closed)


def _together(
    folded: Sequence[tuple[TrackFacts, Mapping[int, list[Episode]]]], concerned: Iterable[Window]
) -> Iterable[list[Window]]:
    """Windows of one track that took over from each other; nearly all stand alone."""
    standing = families(_before(folded))
    found: dict[Window, list[Window]] = {}
    for window in concerned:
        stream, platform, number = window
        found.setdefault((stream, platform, standing.get(number, number)), []).append(window)
    return found.values()


class _Rewritten(NamedTuple):
    """A window with what is recorded in it, and what the facts say."""

    window: Window
    number: int
    recorded: Mapping[int, Recorded]
    found: Sequence[Pair]


@dataclass(slots=True)
class _Changes:
    """What is to be written, gathered over many windows."""

    this: PassRecord
    before: Mapping[int, frozenset[int]]
    close: list[tuple[int, Ending]] = field(default_factory=list)
    supersede: list[int] = field(default_factory=list)
    add: list[Row] = field(default_factory=list)
    opened: int = 0
    closed: int = 0

    def take(self, members: Sequence[_Rewritten]) -> None:
        """Take in what changes in a window, or in several that took over from each other."""
        if not any(one.recorded for one in members):
            self._take_new(members)
            return
        outdated: dict[int, list[Recorded]] = {}
        revisions: list[tuple[_Rewritten, Revision[Opening, Ending]]] = []
        for one in members:
            pairs = {number: (each.opening, each.ending) for number, each in one.recorded.items()}
            revision: Revision[Opening, Ending] = revision_of(pairs, one.found)
            outdated[one.window[2]] = [one.recorded[number] for number in revision.supersede]
            revisions.append((one, revision))
        more = added = 0
        for one, revision in revisions:
            self.close += revision.close
            self.supersede += revision.supersede
            earlier = self._told_before(one.window[2], outdated)
            self.add += [_row(self.this, one.number, pair, earlier) for pair in revision.add]
            added += len(revision.add)
            more += sum(ending is None for _, ending in revision.add) - len(revision.close)
        over = [each for found in outdated.values() for each in found]
        more -= sum(each.ending is None for each in over)
        # One found already ended was opened and closed: what is open is always the difference.
        opened = max(0, more, added - len(over))
        self.opened += opened
        self.closed += opened - more

    def _take_new(self, members: Sequence[_Rewritten]) -> None:
        """Take in windows in which nothing is recorded."""
        for one in members:
            self.add += [_row(self.this, one.number, pair, ()) for pair in one.found]
            self.opened += len(one.found)
            self.closed += sum(ending is not None for _, ending in one.found)

    def _told_before(self, number: int, outdated: Mapping[int, list[Recorded]]) -> list[Recorded]:
        """What told of the same vulnerability until now, under this number or another."""
        numbers = self.before.get(number, frozenset()) | {number}
        return [each for one in sorted(numbers) for each in outdated.get(one, [])]

    def write(self, connection: Connection) -> None:
        """Write it all."""
        if self.supersede:
            outdated = update(episodes).where(among(episodes.c.id, self.supersede))
            connection.execute(outdated.values(superseded_in=self.this.number))
        if self.close:
            end = update(episodes).where(among_named(episodes.c.id, "numbers"))
            end = end.values(
                end_at=bindparam("at"),
                end_not_before=bindparam("not_before"),
                cause=bindparam("why"),
                closed_in=self.this.number,
            )
            # What a database withdraws ends in many streams at once.
            alike: dict[Ending, list[int]] = defaultdict(list)
            for number, ending in self.close:
                alike[ending].append(number)
            ended = [
                {"numbers": numbers, "at": at, "not_before": back, "why": why}
                for (at, back, why), numbers in alike.items()
            ]
            connection.execute(end, ended)
        add_rows(connection, episodes, self.add)


def _before(
    folded: Iterable[tuple[TrackFacts, Mapping[int, list[Episode]]]],
) -> Mapping[int, frozenset[int]]:
    """Earlier numbers of vulnerabilities: the same for every track of a fold."""
    return next((facts.before for facts, _ in folded), {})


def _pairs(found: Iterable[Episode], sets: Mapping[Packages, int]) -> Iterator[Pair]:
    """The episodes of a window, oldest first, as they are recorded."""
    earlier: str | None = None
    for one in found:
        opening = Opening(
            start_at=one.start.at,
            start_not_before=one.start.not_before,
            backfilled=one.start.backfilled,
            present_at=one.present,
            known_at=one.known,
            affected_id=sets[one.packages],
            resumes=resumes(earlier),
        )
        yield opening, (one.end.at, one.end.not_before, one.cause) if one.end else None
        earlier = one.cause


def _row(this: PassRecord, window: int, pair: Pair, outdated: Iterable[Recorded]) -> Row:
    opening, ending = pair
    at, not_before, cause = ending or (None, None, None)
    seen = (one.detected_in for one in outdated if _overlap(pair, one))
    return {
        "window_id": window,
        **opening._asdict(),
        "end_at": at,
        "end_not_before": not_before,
        "cause": cause,
        "detected_in": min([this.number, *seen]),
        "opened_in": this.number,
        "closed_in": this.number if ending else None,
    }


def _overlap(pair: Pair, one: Recorded) -> bool:
    """Whether a recorded episode tells of the same exposure as the one that takes its place."""
    opening, ending = pair
    begins_in_time = one.ending is None or opening.start_at < one.ending[0]
    return begins_in_time and (ending is None or one.opening.start_at < ending[0])
