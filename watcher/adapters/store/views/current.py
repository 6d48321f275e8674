"""What streams point to after a given pass: the rows that most views begin with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, and_, func, select

from watcher.adapters.store.asof import folded_upto, standing, unended, visible
from watcher.adapters.store.tables.inventory import (
    bindings,
    images,
    repositories,
    stream_doubts,
    streams,
    tag_intervals,
)
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.adapters.store.tables.packages import catalogues, direct_images
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track

_OF_BINDING = (
    *("stream_id", "platform", "image_id", "target"),
    *("start_at", "start_not_before", "backfilled"),
)


@dataclass(frozen=True, slots=True)
class Head:
    """The binding of a track that has not ended; `image` is the image's number."""

    track: Track
    repository_number: int
    repository: Repository
    by: str
    name: str
    published: bool
    not_covered: str | None  # why the stream as a whole is not
    target: str
    image: int | None
    digest: str | None
    since: datetime
    not_before: datetime | None
    backfilled: bool


@dataclass(frozen=True, slots=True)
class CataloguedImage:
    """The catalogue of an image: what it says of the whole, and how its audit went."""

    number: int
    os: str | None
    packages: int
    not_covered: str | None
    differences: Sequence[str]  # empty unless the audit found some
    direct: bool = False
    alone: str | None = None  # why it is matched on its own; None where it is not


def heads(connection: Connection, upto: int) -> list[Head]:
    """Every binding of a published stream that had not ended, by the stream's names."""
    doubted = and_(
        stream_doubts.c.stream_id == streams.c.id,
        visible(stream_doubts, upto),
        unended(stream_doubts, upto),
    )
    statement = (
        select(
            *(bindings.c[name] for name in _OF_BINDING),
            images.c.digest,
            streams.c.repository_id,
            streams.c.by,
            streams.c.name,
            streams.c.published,
            stream_doubts.c.reason.label("not_covered"),
            repositories.c.registry,
            repositories.c.path,
        )
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .outerjoin(images, images.c.id == bindings.c.image_id)
        .outerjoin(stream_doubts, doubted)
        .where(standing(bindings, upto), streams.c.published)
    )
    rows = sorted(
        connection.execute(statement),
        key=lambda row: (row.registry, row.path, row.by, row.name, row.platform),
    )
    return [
        Head(
            track=Track(row.stream_id, row.platform),
            repository_number=row.repository_id,
            repository=Repository(row.registry, row.path),
            by=row.by,
            name=row.name,
            published=row.published,
            not_covered=row.not_covered,
            target=row.target,
            image=row.image_id,
            digest=row.digest,
            since=row.start_at,
            not_before=row.start_not_before,
            backfilled=row.backfilled,
        )
        for row in rows
    ]


def catalogued(connection: Connection, upto: int) -> dict[int, CataloguedImage]:
    """The catalogue of each image that a stream points to, by image.

    The newest, or of one that is matched on its own the newest made by its own scans, if any is.
    """
    current = select(bindings.c.image_id).where(standing(bindings, upto))
    statement = (
        select(catalogues, direct_images.c.reason.label("alone"))
        .outerjoin(
            direct_images,
            (direct_images.c.image_id == catalogues.c.image_id)
            & visible(direct_images, upto)
            & unended(direct_images, upto),
        )
        .where(visible(catalogues, upto), catalogues.c.image_id.in_(current))
        .order_by(
            catalogues.c.direct.is_(True) & direct_images.c.reason.is_not(None), catalogues.c.id
        )
    )
    return {
        row.image_id: CataloguedImage(
            number=row.id,
            os=f"{row.os_family} {row.os_version}".strip() or None,
            packages=row.package_count,
            not_covered=row.not_covered,
            differences=_differences(row, upto),
            direct=row.direct,
            alone=row.alone,
        )
        for row in connection.execute(statement)
    }


def count_direct(connection: Connection, upto: int) -> int:
    """How many images that streams point to were matched by scans of their own."""
    current = select(bindings.c.image_id).where(standing(bindings, upto))
    statement = select(func.count(direct_images.c.image_id.distinct())).where(
        visible(direct_images, upto),
        unended(direct_images, upto),
        direct_images.c.image_id.in_(current),
    )
    return connection.scalar(statement) or 0


def tags_of_heads(connection: Connection, upto: int) -> dict[tuple[int, str], list[str]]:
    """The tags that point to what streams point to, by the number of the repository and digest."""
    seen = tag_intervals.c
    statement = (
        select(seen.repository_id, seen.digest, seen.tag)
        .join(streams, streams.c.repository_id == seen.repository_id)
        .join(bindings, (bindings.c.stream_id == streams.c.id) & (bindings.c.target == seen.digest))
        .where(visible(bindings, upto), unended(bindings, upto), streams.c.published)
        .where(seen.opened_in <= upto, unended(tag_intervals, upto))
        .distinct()
    )
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.repository_id, row.digest].append(row.tag)
    return {key: sorted(members) for key, members in found.items()}


def _differences(row: Row[tuple[object, ...]], upto: int) -> list[str]:
    audited = row.audited_in is not None and row.audited_in <= upto
    return list(row.differences) if audited else []


def open_exposures(connection: Connection, upto: int) -> dict[Track, int]:
    """How many windows of each track had an episode that had not ended."""
    folded = folded_upto(connection, upto)
    statement = (
        select(
            windows.c.stream_id,
            windows.c.platform,
            func.count(windows.c.id.distinct()).label("windows"),
        )
        .join(episodes, episodes.c.window_id == windows.c.id)
        .where(visible(episodes, folded), unended(episodes, folded))
        .group_by(windows.c.stream_id, windows.c.platform)
    )
    found: dict[Track, int] = defaultdict(int)
    for row in connection.execute(statement):
        found[Track(row.stream_id, row.platform)] = row.windows
    return found
