"""The ledger read as windows: episodes folded from the facts that were recorded by a given pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, select

from watcher.adapters.store.aliases import read_names
from watcher.adapters.store.asked import numbers_asked, order, windows_asked
from watcher.adapters.store.asof import folded_upto, visible
from watcher.adapters.store.engine import among, batches
from watcher.adapters.store.evidence import Evidence, read_evidence
from watcher.adapters.store.facts import Facts, Grounds, read_facts
from watcher.adapters.store.milestones import Beside, Milestones
from watcher.adapters.store.statements.shown import ender, shown
from watcher.adapters.store.tables.knowledge import vulnerabilities
from watcher.adapters.store.tables.ledger import episodes
from watcher.adapters.store.tables.passes import passes
from watcher.domain.exposure import Episode, presumed
from watcher.domain.past import excused_until, history_until
from watcher.domain.past import matches_until as past
from watcher.domain.reference import Repository
from watcher.ports.store.exposures import ReadEpisode, ReadWindow, ShownStatement, WindowFilter
from watcher.ports.store.ledger import Track, TrackFacts
from watcher.ports.store.vex import RecordedStatement
from watcher.ports.store.views import stream_name

_TRACKS = 50  # whose facts are in memory at once

_BY_KNOWLEDGE = frozenset({"knowledge_withdrawn", "detection_change"})


@dataclass(frozen=True, slots=True)
class _Ids:
    """The grounds of a reading, and the other ids of vulnerabilities by canonical number.

    With `until` facts are cut there.
    """

    grounds: Grounds
    names: Mapping[int, tuple[str, ...]]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Folded:
    """A window's row with the episodes folded for it, and the packages that ever matched."""

    row: Row[tuple[object, ...]]
    numbers: frozenset[int]  # all of its vulnerability
    episodes: list[Episode]
    packages: frozenset[int]


@dataclass(frozen=True, slots=True)
class SqlExposures:
    """Signs the port `Exposures`."""

    engine: Engine

    def windows(self, wanted: WindowFilter, upto: int) -> Iterator[ReadWindow]:
        """Windows as they stood recorded after pass `upto`, in the order of their streams."""
        with self.engine.connect() as connection:
            done, upto = upto, folded_upto(connection, upto)
            grounds = Grounds.read(connection, upto)
            rows: dict[Track, list[Row[tuple[object, ...]]]] = defaultdict(list)
            for row in sorted(connection.execute(windows_asked(wanted, upto)), key=order):
                rows[Track(row.stream_id, row.platform)].append(row)
            beside = Beside.read(connection, done, rows) if wanted.milestones else Beside()
            every = {row.vulnerability_id for found in rows.values() for row in found}
            ids = _Ids(grounds, read_names(connection, upto, every), wanted.until)
            for batch in batches(rows, _TRACKS):
                batched = {track: rows[track] for track in batch}
                for window in _read(connection, upto, batched, beside, ids):
                    if _fits(window, wanted):
                        yield window

    def numbers(self, wanted: WindowFilter, upto: int, after: int, at_most: int) -> list[int]:
        """The numbers behind `after` of some windows that a filter may leave, in their order."""
        with self.engine.connect() as connection:
            statement = numbers_asked(wanted, folded_upto(connection, upto), after, at_most)
            return list(connection.scalars(statement))


def _fits(window: ReadWindow, wanted: WindowFilter) -> bool:
    """What only the folded window tells: its severity, and whether it was open at a past time."""
    closed = window.episodes[-1].episode.end is not None
    return wanted.severity in {None, window.severity} and not (wanted.open_only and closed)


def _read(
    connection: Connection,
    upto: int,
    rows: Mapping[Track, list[Row[tuple[object, ...]]]],
    beside: Beside,
    ids: _Ids,
) -> Iterator[ReadWindow]:
    asked = {track: frozenset(r.vulnerability_id for r in found) for track, found in rows.items()}
    facts = read_facts(connection, upto, asked, ids.grounds)
    milestones = beside.of(connection, upto, facts, asked)
    folded: list[_Folded] = []
    for track, found in rows.items():
        of_track = facts.of(track, asked[track])
        each = {one.vulnerability_id for one in found}
        told = _told(of_track, each)
        if ids.until is not None:
            of_track = _cut(of_track, ids.until)
            told = _until(told, _told(of_track, each), ids.until)
        for row in found:
            matched = of_track.matches.get(row.vulnerability_id, {})
            numbers = ids.grounds.aliases.all_of(row.vulnerability_id)
            if told[row.vulnerability_id]:  # a window that began later has none at a past time
                one = _Folded(row, numbers, told[row.vulnerability_id], frozenset(matched))
                folded.append(one)
    pairs = {
        (package, number) for one in folded for package in one.packages for number in one.numbers
    }
    digests = {episode.last_image for one in folded for episode in one.episodes}
    evidence = read_evidence(connection, upto, pairs, digests, ids.until)
    published = _published(connection, upto, {n for one in folded for n in one.numbers})
    detected = _detected(connection, upto, [one.row.id for one in folded])
    for one in folded:
        seen = detected.get(one.row.id, {})
        read = (
            _episode(one, episode, evidence, seen, milestones, facts) for episode in one.episodes
        )
        dates = [published[number] for number in one.numbers if number in published]
        stated = _statements(one, facts, evidence, ids.until)
        cut = tuple(_by(ids.until, each) for each in read)
        yield _window(one, cut, min(dates, default=None), ids, stated)


def _told(facts: TrackFacts, numbers: Iterable[int]) -> dict[int, list[Episode]]:
    """The episodes of a track by vulnerability."""
    history = presumed(facts.history)
    return {number: facts.folded(number, history) for number in numbers}


def _until(
    told: Mapping[int, list[Episode]], then: Mapping[int, list[Episode]], until: datetime
) -> dict[int, list[Episode]]:
    """The episodes up to a time: as they ended by then, else as they were `then`.

    How far back an end may lie can rest on what ended later, so it is told by all facts.
    """
    return {
        number: [
            one if one.end is not None and one.end.at <= until else lasting[one.start.at]
            for one in every
            if one.start.at <= until
        ]
        for number, every in told.items()
        for lasting in ({one.start.at: one for one in then[number]},)
    }


def _cut(facts: TrackFacts, until: datetime) -> TrackFacts:
    """Facts as they were at a time."""
    matches = {
        number: {package: kept for package, runs in one.items() if (kept := past(runs, until))}
        for number, one in facts.matches.items()
    }
    excused = {number: excused_until(one, until) for number, one in facts.excused.items()}
    history = history_until(facts.history, until)
    return replace(facts, history=history, matches=matches, excused=excused)


def _by(until: datetime | None, read: ReadEpisode) -> ReadEpisode:
    """An episode without the milestones that were reached later."""
    if until is None:
        return read
    ticketed, fixed = read.ticketed, read.base_fix_available
    return replace(
        read,
        ticketed=ticketed if ticketed and ticketed <= until else None,
        base_fix_available=fixed if fixed and fixed <= until else None,
    )


def _statements(
    one: _Folded, facts: Facts, evidence: Evidence, until: datetime | None
) -> tuple[ShownStatement, ...]:
    """What is stated of a window's last episode."""
    stated = facts.grounds.stated.get(one.row.vulnerability_id)
    if stated and until is not None:
        stated = list(_stated_by(stated, until))
    if not stated:
        return ()
    last = one.episodes[-1]
    places = facts.places(Track(one.row.stream_id, one.row.platform), last)
    return shown(stated, places, last, evidence.changed_at(last, one.numbers))


def _stated_by(stated: Iterable[RecordedStatement], until: datetime) -> Iterator[RecordedStatement]:
    """What was stated at a time."""
    for one in stated:
        if one.start.at <= until:
            later = one.end is not None and one.end.at > until
            yield replace(one, end=None) if later else one


def _window(
    one: _Folded,
    read: tuple[ReadEpisode, ...],
    published: datetime | None,
    ids: _Ids,
    statements: tuple[ShownStatement, ...],
) -> ReadWindow:
    row = one.row
    return ReadWindow(
        number=row.id,
        track=Track(row.stream_id, row.platform),
        repository=Repository(row.registry, row.path),
        by=row.by,
        stream=row.stream,
        vulnerability=row.vulnerability,
        published=published,
        episodes=read,
        aliases=ids.names.get(row.vulnerability_id, ()),
        statements=statements,
    )


def _episode(
    one: _Folded,
    episode: Episode,
    evidence: Evidence,
    detected: Mapping[datetime, datetime],
    milestones: Milestones,
    facts: Facts,
) -> ReadEpisode:
    row, track = one.row, Track(one.row.stream_id, one.row.platform)
    stream = stream_name(Repository(row.registry, row.path), row.by, row.stream)
    runs = evidence.runs_under(episode, one.packages, one.numbers)
    enders = [run.ended_by for run in runs if episode.end and run.end_at == episode.end.at]
    ended_by = episode.ended_by
    if episode.cause in _BY_KNOWLEDGE and enders:
        ended_by = enders[0]
    elif episode.cause == "vex_not_affected" and episode.end:
        stated = facts.grounds.stated.get(row.vulnerability_id, ())
        ended_by = ender(stated, facts.places(track, episode), episode.end.at)
    return ReadEpisode(
        episode=episode,
        detected=detected[episode.start.at],
        packages=evidence.packages(episode, one.numbers),
        lacked_at=runs[0].lacked_at,
        known_at=runs[0].known_at,
        ended_by=ended_by,
        ticketed=milestones.ticketed(stream, row.platform, row.vulnerability, episode),
        base_fix_available=milestones.base_fix(track, row.vulnerability_id, episode),
        in_base=milestones.in_base(track, row.vulnerability_id, episode),
    )


def _published(connection: Connection, upto: int, numbers: Iterable[int]) -> dict[int, datetime]:
    """When vulnerabilities were published, as far as that was recorded."""
    statement = select(vulnerabilities.c.id, vulnerabilities.c.published).where(
        among(vulnerabilities.c.id, numbers), vulnerabilities.c.published_in <= upto
    )
    return {row.id: row.published for row in connection.execute(statement)}


def _detected(
    connection: Connection, upto: int, numbers: Iterable[int]
) -> dict[int, dict[datetime, datetime]]:
    """When each episode was first recorded, by window and start."""
    found: dict[int, dict[datetime, datetime]] = defaultdict(dict)
    for batch in batches(sorted(numbers)):
        statement = (
            select(episodes.c.window_id, episodes.c.start_at, passes.c.at)
            .join(passes, passes.c.id == episodes.c.detected_in)
            .where(episodes.c.window_id.in_(batch), visible(episodes, upto))
        )
        for row in connection.execute(statement):
            found[row.window_id][row.start_at] = row.at
    return found
