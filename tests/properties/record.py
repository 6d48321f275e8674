"""What stands recorded after a history, and what the facts under it say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from watcher.adapters.store.facts import Grounds, read_facts
from watcher.adapters.store.tables.inventory import bindings, images, repositories, streams
from watcher.adapters.store.tables.knowledge import vulnerabilities
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.adapters.store.tables.passes import passes
from watcher.domain.exposure import Episode
from watcher.ports.store.ledger import Track
from watcher.services.exposure import folded

Place = tuple[str, str, str]  # stream with its repository, platform, vulnerability


@dataclass(frozen=True, slots=True)
class Written:
    """An episode without its recorded times."""

    start: datetime
    start_not_before: datetime | None
    backfilled: bool
    end: datetime | None
    end_not_before: datetime | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class Bound:
    """A binding: which image (None: not known), since when, until when."""

    image: str | None
    start: datetime
    end: datetime | None


Ledger = dict[Place, list[Written]]


def recorded(engine: Engine) -> Ledger:
    """The ledger as its rows say."""
    found: Ledger = {}
    statement = (
        select(episodes, windows.c.platform, windows.c.stream_id, vulnerabilities.c.name)
        .join(windows, windows.c.id == episodes.c.window_id)
        .join(vulnerabilities, vulnerabilities.c.id == windows.c.vulnerability_id)
        .where(episodes.c.superseded_in.is_(None))
        .order_by(episodes.c.start_at)
    )
    with engine.connect() as connection:
        names = _streams(connection)
        for row in connection.execute(statement):
            place = (names[row.stream_id], row.platform, row.name)
            one = Written(
                row.start_at,
                row.start_not_before,
                row.backfilled,
                row.end_at,
                row.end_not_before,
                row.cause,
            )
            found.setdefault(place, []).append(one)
    return found


def recomputed(engine: Engine) -> Ledger:
    """The ledger as all facts, folded at once, say."""
    found: Ledger = {}
    upto = last_pass(engine)
    with engine.connect() as connection:
        names = _streams(connection)
        called = {row.id: row.name for row in connection.execute(select(vulnerabilities))}
        columns = (bindings.c.stream_id, bindings.c.platform)
        tracks = {Track(*row) for row in connection.execute(select(*columns).distinct())}
        grounds = Grounds.read(connection, upto)
        facts = read_facts(connection, upto, dict.fromkeys(tracks), grounds)
    for track in tracks:
        for number, members in folded(facts.of(track, None)).items():
            if members:
                place = (names[track.stream], track.platform, called[number])
                found[place] = [written(one) for one in members]
    return found


def rows(engine: Engine) -> list[tuple[Any, ...]]:
    """Every row that tells of exposure, recorded times and all."""
    with engine.connect() as connection:
        return [
            tuple(row)
            for table in (episodes, windows, bindings)
            for row in connection.execute(select(table).order_by(table.c.id))
        ]


def bound(engine: Engine) -> dict[tuple[str, str], list[Bound]]:
    """The bindings in force, by stream and platform, oldest first."""
    found: dict[tuple[str, str], list[Bound]] = {}
    statement = (
        select(bindings, images.c.digest)
        .outerjoin(images, images.c.id == bindings.c.image_id)
        .where(bindings.c.superseded_in.is_(None))
        .order_by(bindings.c.start_at)
    )
    with engine.connect() as connection:
        names = _streams(connection)
        for row in connection.execute(statement):
            track = (names[row.stream_id], row.platform)
            found.setdefault(track, []).append(Bound(row.digest, row.start_at, row.end_at))
    return found


def last_pass(engine: Engine) -> int:
    """The number of the last pass."""
    with engine.connect() as connection:
        return connection.scalar(select(func.max(passes.c.id))) or 0


def _streams(connection: Connection) -> dict[int, str]:
    statement = select(streams.c.id, streams.c.name, repositories.c.path).join(
        repositories, repositories.c.id == streams.c.repository_id
    )
    return {row.id: f"{row.path} {row.name}" for row in connection.execute(statement)}


def written(one: Episode) -> Written:
    """An episode as the fold gives it, written down."""
    return Written(
        one.start.at,
        one.start.not_before,
        one.start.backfilled,
        one.end.at if one.end else None,
        one.end.not_before if one.end else None,
        one.cause,
    )
