"""What builders attested of images: which images they used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from watcher.adapters.store.rows import among, still_open
from watcher.adapters.store.tables.attestations import attestations
from watcher.domain.lineage import Provenance

PROVENANCE = TypeAdapter(Provenance)


def read_provenances(connection: Connection, digests: Iterable[str]) -> Mapping[str, Provenance]:
    """The provenance of images by their digests; of several the one that was attached last."""
    statement = (
        select(attestations.c.subject, attestations.c.body)
        .where(among(attestations.c.subject, digests), still_open(attestations))
        .where(attestations.c.kind == "provenance")
        .order_by(attestations.c.id)
    )
    return {
        row.subject: PROVENANCE.validate_python(row.body) for row in connection.execute(statement)
    }
