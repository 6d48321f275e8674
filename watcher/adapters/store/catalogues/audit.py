"""The audit of a new image: what is derived for it, and how the comparison went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    exists,
    literal_column,
    select,
    update,
)

from watcher.adapters.store.catalogues.direct import reason_of, send_away, take_back
from watcher.adapters.store.rows import still_open
from watcher.adapters.store.tables.knowledge import assessments, vulnerabilities
from watcher.adapters.store.tables.packages import (
    birth_findings,
    catalogue_sets,
    catalogues,
    contexts,
    package_set_members,
    packages,
)
from watcher.domain.package import Finding
from watcher.ports.store.passes import PassRecord

# As its index says it: a variable would not do.
PENDING: Final[ColumnElement[str]] = literal_column("'pending'")


def derived(connection: Connection, catalogue: int) -> list[Finding]:
    """The open matches of a catalogue's packages; each has one open assessment, as long as it."""
    members = (
        select(package_set_members.c.package_id)
        .join(catalogue_sets, catalogue_sets.c.set_id == package_set_members.c.set_id)
        .where(catalogue_sets.c.catalogue_id == catalogue)
    )
    statement = (
        select(
            assessments,
            contexts.c.name.label("context"),
            packages.c.identity,
            vulnerabilities.c.name.label("vulnerability"),
        )
        .join(packages, packages.c.id == assessments.c.package_id)
        .join(contexts, contexts.c.id == packages.c.context_id)
        .join(vulnerabilities, vulnerabilities.c.id == assessments.c.vulnerability_id)
        .where(still_open(assessments), assessments.c.package_id.in_(members))
    )
    return [
        Finding(
            row.context,
            row.identity,
            row.vulnerability,
            row.severity,
            row.severity_source,
            row.status,
            row.fixed_version,
        )
        for row in connection.execute(statement)
    ]


def record(
    connection: Connection, this: PassRecord, catalogue: int, differences: Sequence[str] | None
) -> None:
    """Record what a comparison found (None: too late for one) and drop the own findings.

    An image that differs is matched on its own from now on; one that was, and is equal now, is
    matched with the others again.
    """
    columns = (catalogues.c.image_id, catalogues.c.scanner)
    row = connection.execute(select(*columns).where(catalogues.c.id == catalogue)).one()
    alone = reason_of(connection, row.image_id) is not None
    if differences:
        reason = f"what is derived for it differs from its own scan: {differences[0]}"
        send_away(connection, this, row.image_id, reason, row.scanner)
    elif differences is not None and alone:
        take_back(connection, this, row.image_id)
    late = "late" if alone else "skipped"
    state = late if differences is None else "different" if differences else "equal"
    told = update(catalogues).where(catalogues.c.id == catalogue)
    connection.execute(
        told.values(audit=state, differences=list(differences or ()), audited_in=this.number)
    )
    connection.execute(delete(birth_findings).where(birth_findings.c.catalogue_id == catalogue))


def any_expired(connection: Connection, before: datetime) -> bool:
    """Whether some comparison was not made in time; in most passes none is."""
    return connection.scalar(select(exists().where(_late(before)))) is True


def expire(connection: Connection, this: PassRecord, before: datetime) -> None:
    """Give up comparisons that nobody came to make in time, and drop what they needed."""
    late = select(catalogues.c.id).where(_late(before))
    connection.execute(delete(birth_findings).where(birth_findings.c.catalogue_id.in_(late)))
    over = update(catalogues).where(_late(before))
    connection.execute(over.values(audit="skipped", audited_in=this.number))


def _late(before: datetime) -> ColumnElement[bool]:
    """The condition that a catalogue still waits; those that do have an index of their own."""
    return (catalogues.c.audit == PENDING) & (catalogues.c.applied_at < before)
