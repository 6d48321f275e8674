"""Which windows are asked for, and in which order they come."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select

from watcher.adapters.store.aliases import called
from watcher.adapters.store.asof import visible
from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.inventory import repositories, streams
from watcher.adapters.store.tables.knowledge import vulnerabilities
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.ports.store.exposures import WindowFilter


def windows_asked(wanted: WindowFilter, upto: int) -> Select[tuple[object, ...]]:
    """The windows that were recorded by a pass, as far as they are asked for."""
    return (
        select(
            windows,
            vulnerabilities.c.name.label("vulnerability"),
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


def numbers_asked(wanted: WindowFilter, upto: int, after: int, at_most: int) -> Select[tuple[int]]:
    """The next windows behind a number: each is looked at in turn, until there are enough."""
    one = episodes.c
    told = exists().where(one.window_id == windows.c.id, visible(episodes, upto))
    if wanted.open_only and wanted.until is None:
        told = told.where(or_(one.closed_in.is_(None), one.closed_in > upto))
    return (
        select(windows.c.id)
        .join(streams, streams.c.id == windows.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(windows.c.id > after, told, *_named(wanted, upto))
        .order_by(windows.c.id)
        .limit(at_most)
    )


def order(row: Row[tuple[object, ...]]) -> tuple[str, ...]:
    """Where a window stands; worked out here, for each server has its own idea of letters."""
    return row.registry, row.path, row.by, row.stream, row.platform, row.vulnerability


def _conditions(wanted: WindowFilter, upto: int) -> Iterator[ColumnElement[bool]]:
    told = select(episodes.c.window_id).where(visible(episodes, upto))
    if wanted.open_only and wanted.until is None:
        told = told.where(or_(episodes.c.closed_in.is_(None), episodes.c.closed_in > upto))
    if wanted.numbers is not None:
        told = told.where(among(episodes.c.window_id, wanted.numbers))
    yield windows.c.id.in_(told)
    yield from _named(wanted, upto)


def _named(wanted: WindowFilter, upto: int) -> Iterator[ColumnElement[bool]]:
    if wanted.streams is not None:
        yield among(windows.c.stream_id, wanted.streams)
    if wanted.vulnerability:
        yield windows.c.vulnerability_id.in_(called(wanted.vulnerability, upto))
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
