"""What streams point to: the rows that lineages are read from."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Select, select

from watcher.adapters.store.tables.inventory import bindings, images, repositories, streams
from watcher.domain.reference import Repository
from watcher.domain.ticket import LineName
from watcher.ports.store.views import stream_name

NOW: Final = bindings.c.end_at.is_(None) & bindings.c.superseded_in.is_(None)


def bound() -> Select[tuple[object, ...]]:
    """Every binding to an image that was read, with its stream's names and the image's layers."""
    return (
        select(
            bindings,
            images.c.digest,
            images.c.diff_ids,
            images.c.annotations,
            images.c.labels,
            streams.c.name,
            repositories.c.registry,
            repositories.c.path,
        )
        .join(images, images.c.id == bindings.c.image_id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
    )


def published(connection: Connection) -> dict[LineName, int | None]:
    """What published streams point to now: an image, None while it is not known which."""
    statement = (
        select(
            bindings.c.image_id,
            bindings.c.platform,
            streams.c.by,
            streams.c.name,
            repositories.c.registry,
            repositories.c.path,
        )
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(streams.c.published, NOW)
    )
    return {
        LineName(
            stream_name(Repository(row.registry, row.path), row.by, row.name), row.platform
        ): row.image_id
        for row in connection.execute(statement)
    }
