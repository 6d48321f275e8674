"""What is built on which lineage: heads of streams by the history of what their bases were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from watcher.adapters.store.lineages.chosen import chosen
from watcher.adapters.store.lineages.claims import claim_of
from watcher.adapters.store.lineages.heads import NOW, AnyRow, Lineage, by_image, read_lineages
from watcher.adapters.store.tables.inventory import (
    base_identities,
    bindings,
    images,
    repositories,
    streams,
)
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import Built, Construction


def read(connection: Connection) -> Construction:
    """Heads of streams on bases of lineages that still have a head, and those heads."""
    standing = {track: one for track, one in read_lineages(connection).items() if one.stands}
    pointing = by_image(standing)
    found = (_built(row, pointing) for row in connection.execute(_heads()))
    known = [one for one in found if one is not None]
    # Sorted here, for each server has its own idea of letters.
    return Construction(
        built=sorted(known, key=lambda one: (one.repository, one.stream, one.by, one.track)),
        heads=sorted(
            (one.head for one in standing.values()), key=lambda one: (one.name, one.platform)
        ),
    )


def _heads() -> Select[tuple[Any, ...]]:
    """Heads of streams whose base is known, with how it was found out."""
    return (
        select(
            bindings.c.stream_id,
            bindings.c.platform,
            bindings.c.image_id,
            bindings.c.target,
            images.c.digest,
            streams.c.by,
            streams.c.name,
            streams.c.published,
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
        .where(NOW)
        .where(base_identities.c.superseded_in.is_(None))
        .where(base_identities.c.base_image_id.is_not(None))
    )


def _built(row: AnyRow, lineages: Mapping[int, Sequence[Lineage]]) -> Built | None:
    """A head with the lineage it follows; None where that has no head any more."""
    known = {
        one.head: one
        for one in lineages.get(row.base_image_id, [])
        if one.head.platform == row.platform and one.head.stream != row.stream_id
    }
    head = chosen(claim_of(row), row.base_image_id, list(known))
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
        published=row.published,
        pointed=row.target,
        base_pointed=base.target,
    )
