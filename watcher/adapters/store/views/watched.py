"""Streams and images as they are watched now."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from watcher.adapters.store.views.bases import read_bases
from watcher.adapters.store.views.current import (
    CataloguedImage,
    Head,
    catalogued,
    heads,
    open_exposures,
    tags_of_heads,
)
from watcher.domain.reference import Repository
from watcher.ports.store.views import ImageBase, StreamHead, WatchedImage, stream_name


def read_streams(connection: Connection, upto: int) -> list[StreamHead]:
    """What every stream points to."""
    known, opened = catalogued(connection, upto), open_exposures(connection, upto)
    tags = tags_of_heads(connection, upto)
    return [
        StreamHead(
            track=head.track,
            repository=head.repository,
            by=head.by,
            name=head.name,
            published=head.published,
            target=head.target,
            image=head.digest,
            since=head.since,
            not_before=head.not_before,
            backfilled=head.backfilled,
            packages=known[head.image].packages if head.image in known else None,
            open_exposures=opened[head.track],
            tags=tuple(tags.get((head.repository_number, head.target), ())),
        )
        for head in heads(connection, upto)
    ]


def read_images(connection: Connection, upto: int) -> list[WatchedImage]:
    """The images that streams point to, each once per repository and platform."""
    known, bases = catalogued(connection, upto), read_bases(connection, upto)
    grouped: dict[tuple[Repository, str, str], list[Head]] = {}
    for head in heads(connection, upto):
        key = (head.repository, head.digest or head.target, head.track.platform)
        grouped.setdefault(key, []).append(head)
    return [
        _image(members, known.get(members[0].image or 0), bases.get(members[0].image or 0))
        for _, members in sorted(grouped.items())
    ]


def _image(
    members: Iterable[Head], catalogue: CataloguedImage | None, base: ImageBase | None
) -> WatchedImage:
    first, *_ = members = list(members)
    return WatchedImage(
        repository=first.repository,
        digest=first.digest or first.target,
        platform=first.track.platform or None,
        os=catalogue.os if catalogue else None,
        packages=catalogue.packages if catalogue else None,
        streams=tuple(stream_name(one.repository, one.by, one.name) for one in members),
        tracks=tuple(one.track for one in members),
        base=base,
        direct=catalogue.alone if catalogue else None,
    )
