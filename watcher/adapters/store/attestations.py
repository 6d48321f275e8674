"""The port `Attestations` over one database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, or_, select, union, update

from watcher.adapters.store.copying import Row
from watcher.adapters.store.lineages.attested import PROVENANCE
from watcher.adapters.store.rows import add_rows, among, batches, still_open
from watcher.adapters.store.tables.attestations import attestation_looks, attestations
from watcher.adapters.store.tables.inventory import bindings, images, repositories, streams
from watcher.adapters.store.writing import writing
from watcher.domain.lineage import Provenance
from watcher.domain.reference import Repository
from watcher.ports.store.attestations import Attested, AttestedDocument, Place
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlAttestations:
    """Signs the port `Attestations`."""

    engine: Engine

    def due(self, registries: Collection[str], before: datetime, most: int) -> list[Place]:
        """What streams of these registries point to and nobody looked at since."""
        if not registries:
            return []
        now = bindings.c.end_at.is_(None) & bindings.c.superseded_in.is_(None)
        current = (
            select(streams.c.repository_id, bindings.c.target, images.c.digest)
            .join(streams, streams.c.id == bindings.c.stream_id)
            .join(images, images.c.id == bindings.c.image_id)
            .where(now, streams.c.published)
            .cte("current")
        )
        each = union(
            select(current.c.repository_id, current.c.target.label("subject")),
            select(current.c.repository_id, current.c.digest),
        ).subquery("each")
        looks = attestation_looks
        same = (looks.c.repository_id == each.c.repository_id) & (looks.c.subject == each.c.subject)
        statement = (
            select(repositories.c.registry, repositories.c.path, each.c.subject)
            .select_from(each)
            .join(repositories, repositories.c.id == each.c.repository_id)
            .outerjoin(looks, same)
            .where(among(repositories.c.registry, registries))
            .where(or_(looks.c.looked_at.is_(None), looks.c.looked_at <= before))
            .order_by(looks.c.looked_at.is_not(None), looks.c.looked_at)
            .order_by(repositories.c.path, each.c.subject)
            .limit(most)
        )
        with self.engine.connect() as connection:
            return [
                Place(Repository(row.registry, row.path), row.subject)
                for row in connection.execute(statement)
            ]

    def add(self, this: PassRecord, repository: Repository, found: Sequence[Attested]) -> None:
        """Record what came with an image in its index; what is known is left as it is."""
        if not found:
            return
        with writing(self.engine, this) as connection:
            number = _number(connection, repository)
            held = _held(connection, number, {one.subject for one in found})
            new = [one for one in found if _key(one) not in held]
            add_rows(connection, attestations, [_row(this, number, one) for one in new])

    def looked(self, this: PassRecord, found: Mapping[Place, Sequence[Attested]]) -> None:
        """Record all that is attached to digests now; what is not attached any more has ended."""
        by_home: dict[Repository, dict[str, Sequence[Attested]]] = defaultdict(dict)
        for place, told in found.items():
            by_home[place.repository][place.digest] = told
        with writing(self.engine, this) as connection:
            for home, subjects in sorted(by_home.items()):
                _record(connection, this, _number(connection, home), subjects)

    def documents(self, registry: str) -> list[AttestedDocument]:
        """The documents of VEX that are attached in a registry now, in a fixed order."""
        statement = (
            select(attestations, repositories.c.path)
            .join(repositories, repositories.c.id == attestations.c.repository_id)
            .where(still_open(attestations), attestations.c.kind == "vex")
            .where(repositories.c.registry == registry)
            .order_by(attestations.c.id)
        )
        with self.engine.connect() as connection:
            return [
                AttestedDocument(
                    Repository(registry, row.path), row.subject, row.sha256, row.signed, row.body
                )
                for row in connection.execute(statement)
            ]


def _number(connection: Connection, one: Repository) -> int:
    statement = select(repositories.c.id).where(
        repositories.c.registry == one.registry, repositories.c.path == one.path
    )
    return int(connection.execute(statement).scalar_one())


def _held(
    connection: Connection, repository: int, subjects: Iterable[str]
) -> dict[tuple[str, str], int]:
    """What is recorded as attached to digests now, by digest and content."""
    statement = select(attestations.c.id, attestations.c.subject, attestations.c.sha256).where(
        among(attestations.c.subject, set(subjects)), still_open(attestations)
    )
    rows = connection.execute(statement.where(attestations.c.repository_id == repository))
    return {(row.subject, row.sha256): row.id for row in rows}


def _record(
    connection: Connection,
    this: PassRecord,
    repository: int,
    subjects: Mapping[str, Sequence[Attested]],
) -> None:
    held = _held(connection, repository, subjects)
    told = {_key(one): one for found in subjects.values() for one in found}
    for batch in batches(sorted(number for key, number in held.items() if key not in told)):
        over = update(attestations).where(attestations.c.id.in_(batch))
        connection.execute(over.values(closed_in=this.number))
    new = [one for key, one in told.items() if key not in held]
    add_rows(connection, attestations, [_row(this, repository, one) for one in new])
    of_these = attestation_looks.c.repository_id == repository
    connection.execute(
        delete(attestation_looks).where(of_these, among(attestation_looks.c.subject, subjects))
    )
    looks: list[Row] = [
        {"repository_id": repository, "subject": one, "looked_at": this.at} for one in subjects
    ]
    add_rows(connection, attestation_looks, looks)


def _key(one: Attested) -> tuple[str, str]:
    return one.subject, one.sha256


def _row(this: PassRecord, repository: int, one: Attested) -> Row:
    content = one.content
    if isinstance(content, Provenance):
        body: Any = PROVENANCE.dump_python(content, mode="json")
    else:
        body = dict(content)
    return {
        "repository_id": repository,
        "subject": one.subject,
        "kind": one.kind,
        "sha256": one.sha256,
        "signed": one.signed,
        "place": one.place,
        "body": body,
        "opened_in": this.number,
    }
