"""What streams are called, and what one of them pointed to over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, Row, select

from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.engine import among
from watcher.adapters.store.lineages.chosen import chosen
from watcher.adapters.store.lineages.claims import claim_of
from watcher.adapters.store.lineages.followed import read_lineages
from watcher.adapters.store.tables.inventory import (
    base_identities,
    bindings,
    images,
    repositories,
    streams,
    tag_intervals,
)
from watcher.adapters.store.tables.packages import catalogues
from watcher.domain.reference import Repository
from watcher.ports.store.browsing import NamedTrack, PointedTo, ShownBase
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import BaseHead


def read_tracks(
    connection: Connection, upto: int, repository: Repository | None
) -> list[NamedTrack]:
    """Every track ever bound, or those of one repository, by name and platform."""
    statement = (
        select(
            bindings.c.stream_id,
            bindings.c.platform,
            streams.c.by,
            streams.c.name,
            streams.c.published,
            repositories.c.registry,
            repositories.c.path,
        )
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(visible(bindings, upto))
        .distinct()
    )
    if repository is not None:
        statement = statement.where(
            repositories.c.registry == repository.registry, repositories.c.path == repository.path
        )
    found = [named_track(row) for row in connection.execute(statement)]
    return sorted(found, key=lambda one: (one.repository, one.by, one.name, one.track.platform))


def named_track(row: Row[tuple[object, ...]]) -> NamedTrack:
    """Read a track's names from a row that holds them."""
    return NamedTrack(
        track=Track(row.stream_id, row.platform),
        repository=Repository(row.registry, row.path),
        by=row.by,
        name=row.name,
        published=row.published,
    )


def read_pointed(connection: Connection, track: Track, upto: int) -> list[PointedTo]:
    """What a track pointed to, oldest first."""
    statement = (
        select(bindings, images.c.digest, images.c.created)
        .outerjoin(images, images.c.id == bindings.c.image_id)
        .where(bindings.c.stream_id == track.stream, bindings.c.platform == track.platform)
        .where(visible(bindings, upto))
        .order_by(bindings.c.start_at, bindings.c.id)
    )
    rows = connection.execute(statement).all()
    numbers = {row.image_id for row in rows if row.image_id is not None}
    tags = _tags(connection, track, {row.target for row in rows}, upto)
    bases = read_bases(connection, numbers, upto)
    known = _catalogued(connection, numbers, upto)
    return [_pointed(row, tags, bases, known, upto) for row in rows]


def _pointed(
    row: Row[tuple[object, ...]],
    tags: dict[str, list[str]],
    bases: dict[int, ShownBase],
    known: Collection[int],
    upto: int,
) -> PointedTo:
    ended = row.closed_in is not None and row.closed_in <= upto
    return PointedTo(
        start=row.start_at,
        start_not_before=row.start_not_before,
        backfilled=row.backfilled,
        end=row.end_at if ended else None,
        reason=row.reason if ended else None,
        target=row.target,
        image=row.digest,
        created=row.created,
        catalogued=row.image_id in known,
        tags=tuple(tags.get(row.target, ())),
        base=bases.get(row.image_id),
    )


def _tags(
    connection: Connection, track: Track, targets: Iterable[str], upto: int
) -> dict[str, list[str]]:
    """The tags of the track's repository that pointed to digests, those that do last."""
    statement = (
        select(tag_intervals.c.digest, tag_intervals.c.tag)
        .join(streams, streams.c.repository_id == tag_intervals.c.repository_id)
        .where(streams.c.id == track.stream, tag_intervals.c.digest.in_(sorted(targets)))
        .where(tag_intervals.c.opened_in <= upto)
        .order_by(unended(tag_intervals, upto), tag_intervals.c.tag)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(statement):
        if row.tag not in found[row.digest]:
            found[row.digest].append(row.tag)
    return found


def read_bases(connection: Connection, numbers: Iterable[int], upto: int) -> dict[int, ShownBase]:
    """What images are built on, where something was found."""
    itself = images.alias()
    statement = (
        select(
            base_identities,
            *(images.c[name] for name in ("platform", "annotations", "labels")),
            itself.c.created.label("base_created"),
            itself.c.diff_ids.label("base_layers"),
        )
        .join(images, images.c.id == base_identities.c.image_id)
        .outerjoin(itself, itself.c.id == base_identities.c.base_image_id)
        .where(among(base_identities.c.image_id, numbers), visible(base_identities, upto))
        .where(base_identities.c.grade.is_not(None))
        .order_by(base_identities.c.id)
    )
    rows = connection.execute(statement).all()
    known = {row.base_image_id for row in rows if row.base_image_id is not None}
    lineages = read_lineages(connection, upto, known)
    return {row.image_id: _base(row, lineages) for row in rows}


def _base(row: Row[tuple[object, ...]], lineages: Mapping[int, Sequence[BaseHead]]) -> ShownBase:
    number = row.base_image_id
    heads = [one for one in lineages.get(number, ()) if one.platform == row.platform]
    followed = chosen(claim_of(row), number, heads)
    return ShownBase(
        name=followed.name if followed else row.name,
        digest=row.digest,
        grade=row.grade,
        evidence=row.evidence or "",
        watched=followed is not None,
        created=row.base_created,
        layers=len(row.base_layers or ()),
    )


def _catalogued(connection: Connection, numbers: Iterable[int], upto: int) -> frozenset[int]:
    statement = select(catalogues.c.image_id).where(visible(catalogues, upto))
    return frozenset(connection.scalars(statement.where(among(catalogues.c.image_id, numbers))))
