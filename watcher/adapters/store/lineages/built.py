"""What is built on which lineage: heads of streams by the history of what their bases were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, select

from watcher.adapters.store.lineages.chosen import chosen
from watcher.adapters.store.lineages.claims import claim_of
from watcher.adapters.store.lineages.heads import NOW, bound
from watcher.adapters.store.tables.inventory import (
    base_identities,
    bindings,
    images,
    repositories,
    streams,
)
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import BaseHead, Built


def read(connection: Connection) -> list[Built]:
    """Heads of published streams on bases of lineages that still have a head of their own."""
    lineages = _lineages(connection)
    found = (_built(row, lineages) for row in connection.execute(_heads()))
    known = [one for one in found if one is not None]
    # Sorted here, for each server has its own idea of letters.
    return sorted(known, key=lambda one: (one.repository, one.stream, one.by, one.track))


def _heads() -> Select[tuple[object, ...]]:
    """Heads of published streams whose base is known, with how it was found out."""
    return (
        select(
            bindings.c.stream_id,
            bindings.c.platform,
            bindings.c.image_id,
            images.c.digest,
            streams.c.by,
            streams.c.name,
            repositories.c.registry,
            repositories.c.path,
            base_identities.c.base_image_id,
            images.c.annotations,
            images.c.labels,
            base_identities.c.grade,
            base_identities.c.evidence,
        )
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .join(images, images.c.id == bindings.c.image_id)
        .join(base_identities, base_identities.c.image_id == bindings.c.image_id)
        .where(streams.c.published, NOW)
        .where(base_identities.c.superseded_in.is_(None))
        .where(base_identities.c.base_image_id.is_not(None))
    )


@dataclass(frozen=True, slots=True)
class _Lineage:
    """A base's stream on one platform: its head, and since when it pointed to each base."""

    head: BaseHead
    since: Mapping[int, Row[tuple[object, ...]]]


def _lineages(connection: Connection) -> dict[int, list[_Lineage]]:
    """Lineages with a head, by each base that they ever pointed to."""
    statement = (
        bound()
        .where(streams.c.published.is_(False), bindings.c.superseded_in.is_(None))
        .order_by(bindings.c.start_at, bindings.c.id)
    )
    histories: dict[Track, list[Row[tuple[object, ...]]]] = defaultdict(list)
    for row in connection.execute(statement):
        histories[Track(row.stream_id, row.platform)].append(row)
    found: dict[int, list[_Lineage]] = defaultdict(list)
    for history in histories.values():
        if history[-1].end_at is None:
            lineage = _Lineage(_head(history[-1]), {row.image_id: row for row in history})
            for image in lineage.since:
                found[image].append(lineage)
    return found


def _head(row: Row[tuple[object, ...]]) -> BaseHead:
    return BaseHead(
        stream=row.stream_id,
        repository=Repository(row.registry, row.path),
        tag=row.name,
        platform=row.platform,
        image=row.image_id,
        digest=row.digest,
        since=row.start_at,
    )


def _built(row: Row[tuple[object, ...]], lineages: Mapping[int, list[_Lineage]]) -> Built | None:
    """A head with the lineage it follows; None where that has no head any more."""
    known = {one.head: one for one in lineages.get(row.base_image_id, [])}
    of_platform = [head for head in known if head.platform == row.platform]
    head = chosen(claim_of(row), row.base_image_id, of_platform)
    if head is None:
        return None
    base = known[head].since[row.base_image_id]
    return Built(
        track=Track(row.stream_id, row.platform),
        repository=Repository(row.registry, row.path),
        by=row.by,
        stream=row.name,
        image=row.image_id,
        digest=row.digest,
        base=row.base_image_id,
        base_digest=base.digest,
        base_since=base.start_at,
        grade=row.grade,
        evidence=row.evidence,
        head=head,
    )
