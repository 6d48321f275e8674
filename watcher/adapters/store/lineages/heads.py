"""What streams point to: the rows that lineages are read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.inventory import (
    base_identities,
    bindings,
    images,
    repositories,
    streams,
)
from watcher.domain.reference import Repository
from watcher.domain.ticket import LineName
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import BaseHead, Earlier
from watcher.ports.store.views import stream_name

NOW: Final = bindings.c.end_at.is_(None) & bindings.c.superseded_in.is_(None)
_LATEST: Final = (1 << 31) - 1  # a pass behind every other
_EARLIER: Final = 30  # images of a lineage before its newest that are told

AnyRow = Row[tuple[Any, ...]]


def bound() -> Select[tuple[Any, ...]]:
    """Every binding to an image that was read, with its stream's names and what the image says."""
    return (
        select(
            bindings,
            images.c.digest,
            images.c.diff_ids,
            images.c.layers,
            images.c.created,
            images.c.annotations,
            images.c.labels,
            *_STREAM,
        )
        .join(images, images.c.id == bindings.c.image_id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
    )


_STREAM: Final = (
    streams.c.by,
    streams.c.name,
    streams.c.published,
    repositories.c.registry,
    repositories.c.path,
)


@dataclass(frozen=True, slots=True)
class Lineage:
    """A stream that images are built on, on one platform: its newest image, and those before.

    `head` is its newest image, even where the stream is gone; `stands` says that it is there.
    `since` holds the binding to each image that it ever pointed to.
    """

    head: BaseHead
    since: Mapping[int, AnyRow]
    stands: bool


def read_lineages(
    connection: Connection, upto: int = _LATEST, bases: Collection[int] | None = None
) -> dict[Track, Lineage]:
    """The streams of bases, and those of images on which others are built, after a pass.

    With `bases`, images by number, those that ever pointed to one of them.
    """
    wanted = _carrying(connection, upto) if bases is None else _pointed(connection, upto, bases)
    statement = (
        select(
            *(
                bindings.c[name]
                for name in ("stream_id", "platform", "image_id", "target", "start_at", "end_at")
            ),
            *(bindings.c.closed_in, images.c.digest),
            *_STREAM,
        )
        .join(images, images.c.id == bindings.c.image_id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(visible(bindings, upto), among(bindings.c.stream_id, wanted))
        .order_by(bindings.c.start_at, bindings.c.id)
    )
    histories: dict[Track, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(statement):
        histories[Track(row.stream_id, row.platform)].append(row)
    return {track: _lineage(history, upto) for track, history in histories.items()}


def by_image(lineages: Mapping[Track, Lineage]) -> dict[int, list[Lineage]]:
    """Lineages by every image that they ever pointed to."""
    found: dict[int, list[Lineage]] = defaultdict(list)
    for lineage in lineages.values():
        for image in lineage.since:
            found[image].append(lineage)
    return found


def _carrying(connection: Connection, upto: int) -> set[int]:
    """The streams that are a base's, or ever pointed to what another is built on: few of all."""
    base = base_identities.c.base_image_id
    known = unindexed(base).is_not(None)  # nearly every row is read, one after the other
    built_on = select(base).where(visible(base_identities, upto), known).distinct()
    pointed = _pointed(connection, upto, connection.scalars(built_on).all())
    watched = select(streams.c.id).where(streams.c.published.is_(False))
    return {*connection.scalars(watched), *pointed}


def _pointed(connection: Connection, upto: int, to: Collection[int]) -> set[int]:
    """The streams that ever pointed to one of these images."""
    statement = select(bindings.c.stream_id).where(
        among(bindings.c.image_id, to), unindexed(bindings.c.opened_in) <= upto
    )
    return set(connection.scalars(statement))


def _lineage(history: Sequence[AnyRow], upto: int) -> Lineage:
    last = history[-1]
    ended = last.end_at is not None and last.closed_in is not None and last.closed_in <= upto
    head = BaseHead(
        stream=last.stream_id,
        repository=Repository(last.registry, last.path),
        tag=last.name,
        platform=last.platform,
        image=last.image_id,
        digest=last.digest,
        since=last.start_at,
        pointed=last.target,
        by=last.by,
        published=last.published,
        earlier=tuple(
            Earlier(row.image_id, row.digest, row.target, row.start_at)
            for row in reversed(history[:-1][-_EARLIER:])
        ),
    )
    return Lineage(head, {row.image_id: row for row in history}, not ended)


def published(connection: Connection) -> dict[LineName, int | None]:
    """What streams point to now: an image, None while it is not known which."""
    statement = (
        select(bindings.c.image_id, bindings.c.platform, *_STREAM)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(NOW)
    )
    return {
        LineName(
            stream_name(Repository(row.registry, row.path), row.by, row.name), row.platform
        ): row.image_id
        for row in connection.execute(statement)
    }
