"""The ledger read as windows: episodes folded from the facts that were recorded by a given pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, or_, select

from watcher.adapters.store.asof import folded_upto, visible
from watcher.adapters.store.engine import among, batches
from watcher.adapters.store.evidence import Evidence, read_evidence
from watcher.adapters.store.facts import read_facts
from watcher.adapters.store.milestones import Beside, Milestones
from watcher.adapters.store.tables.inventory import repositories, streams
from watcher.adapters.store.tables.knowledge import vulnerabilities
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.adapters.store.tables.passes import passes
from watcher.domain.exposure import Episode, fold, presumed
from watcher.domain.reference import Repository
from watcher.ports.store.exposures import ReadEpisode, ReadWindow, WindowFilter
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import stream_name

_TRACKS = 50  # whose facts are in memory at once

_BY_KNOWLEDGE = frozenset({"knowledge_withdrawn", "detection_change"})


@dataclass(frozen=True, slots=True)
class _Folded:
    """A window's row with the episodes folded for it, and the packages that ever matched."""

    row: Row[tuple[object, ...]]
    episodes: list[Episode]
    packages: frozenset[int]


@dataclass(frozen=True, slots=True)
class SqlExposures:
    """Signs the port `Exposures`."""

    engine: Engine

    def windows(self, wanted: WindowFilter, upto: int) -> Iterator[ReadWindow]:
        """Windows as they stood recorded after pass `upto`, in the order of their streams."""
        with self.engine.connect() as connection:
            beside = Beside.read(connection, upto) if wanted.milestones else Beside()
            upto = folded_upto(connection, upto)
            rows: dict[Track, list[Row[tuple[object, ...]]]] = defaultdict(list)
            for row in sorted(connection.execute(_statement(wanted, upto)), key=_order):
                rows[Track(row.stream_id, row.platform)].append(row)
            for batch in batches(rows, _TRACKS):
                batched = {track: rows[track] for track in batch}
                for window in _read(connection, upto, batched, beside):
                    if wanted.severity in {None, window.severity}:
                        yield window


def _statement(wanted: WindowFilter, upto: int) -> Select[tuple[object, ...]]:
    return (
        select(
            windows,
            vulnerabilities.c.name.label("vulnerability"),
            vulnerabilities.c.published,
            vulnerabilities.c.published_in,
            streams.c.by,
            streams.c.name.label("stream"),
            repositories.c.registry,
            repositories.c.path,
        )
        .join(vulnerabilities, vulnerabilities.c.id == windows.c.vulnerability_id)
        .join(streams, streams.c.id == windows.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(*_conditions(wanted, upto))
    )


def _order(row: Row[tuple[object, ...]]) -> tuple[str, ...]:
    """Where a window stands; worked out here, for each server has its own idea of letters."""
    return row.registry, row.path, row.by, row.stream, row.platform, row.vulnerability


def _conditions(wanted: WindowFilter, upto: int) -> Iterator[ColumnElement[bool]]:
    told = select(episodes.c.window_id).where(visible(episodes, upto))
    if wanted.open_only:
        told = told.where(or_(episodes.c.closed_in.is_(None), episodes.c.closed_in > upto))
    if wanted.numbers is not None:
        told = told.where(among(episodes.c.window_id, wanted.numbers))
    yield windows.c.id.in_(told)
    if wanted.vulnerability:
        yield vulnerabilities.c.name == wanted.vulnerability
    if wanted.stream:
        name, _, platform = wanted.stream.partition("@")
        sign = ":" if ":" in name else "#"
        where, _, stream = name.partition(sign)
        registry, _, path = where.partition("/")
        yield and_(repositories.c.registry == registry, repositories.c.path == path)
        if stream:
            yield streams.c.name == stream
            yield (streams.c.by == "tag") == (sign == ":")
        if platform:
            yield windows.c.platform == platform


def _read(
    connection: Connection,
    upto: int,
    rows: Mapping[Track, list[Row[tuple[object, ...]]]],
    beside: Beside,
) -> Iterator[ReadWindow]:
    asked = {track: frozenset(r.vulnerability_id for r in found) for track, found in rows.items()}
    facts = read_facts(connection, upto, asked)
    milestones = beside.of(connection, upto, facts, asked)
    folded: list[_Folded] = []
    for track, found in rows.items():
        of_track = facts.of(track, asked[track])
        history = presumed(of_track.history)
        for row in found:
            matched = of_track.matches.get(row.vulnerability_id, {})
            folded.append(_Folded(row, fold(history, matched), frozenset(matched)))
    pairs = {(package, one.row.vulnerability_id) for one in folded for package in one.packages}
    digests = {episode.last_image for one in folded for episode in one.episodes}
    evidence = read_evidence(connection, upto, pairs, digests)
    detected = _detected(connection, upto, [one.row.id for one in folded])
    for one in folded:
        seen = detected.get(one.row.id, {})
        read = (_episode(one, episode, evidence, seen, milestones) for episode in one.episodes)
        yield _window(one.row, tuple(read), upto)


def _window(row: Row[tuple[object, ...]], read: tuple[ReadEpisode, ...], upto: int) -> ReadWindow:
    published = row.published if row.published_in is not None and row.published_in <= upto else None
    return ReadWindow(
        number=row.id,
        track=Track(row.stream_id, row.platform),
        repository=Repository(row.registry, row.path),
        by=row.by,
        stream=row.stream,
        vulnerability=row.vulnerability,
        published=published,
        episodes=read,
    )


def _episode(
    one: _Folded,
    episode: Episode,
    evidence: Evidence,
    detected: Mapping[datetime, datetime],
    milestones: Milestones,
) -> ReadEpisode:
    row, track = one.row, Track(one.row.stream_id, one.row.platform)
    stream = stream_name(Repository(row.registry, row.path), row.by, row.stream)
    number = one.row.vulnerability_id
    runs = evidence.runs_under(episode, one.packages, number)
    enders = [run.ended_by for run in runs if episode.end and run.end_at == episode.end.at]
    by_knowledge = episode.cause in _BY_KNOWLEDGE and enders
    return ReadEpisode(
        episode=episode,
        detected=detected[episode.start.at],
        packages=evidence.packages(episode, number),
        lacked_at=runs[0].lacked_at,
        known_at=runs[0].known_at,
        ended_by=enders[0] if by_knowledge else episode.ended_by,
        ticketed=milestones.ticketed(stream, row.platform, row.vulnerability, episode),
        base_fix_available=milestones.base_fix(track, number, episode),
        in_base=milestones.in_base(track, number, episode),
    )


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
