"""The record of full scans that were compared with what was derived."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, Select, exists, func, insert, or_, select

from watcher import __version__
from watcher.adapters.store.catalogues.direct import in_force, send_away
from watcher.adapters.store.catalogues.recording import add_newborn
from watcher.adapters.store.catalogues.waiting import contexts_of
from watcher.adapters.store.lock import one_at_a_time
from watcher.adapters.store.rows import among, still_open
from watcher.adapters.store.tables.inventory import bindings, images, repositories, streams
from watcher.adapters.store.tables.packages import (
    audits,
    catalogue_sets,
    catalogues,
    contexts,
    direct_images,
    package_set_members,
    packages,
)
from watcher.adapters.store.writing import writing
from watcher.domain.package import Catalogue
from watcher.domain.reference import Repository
from watcher.ports.store.audits import Auditable, Audited, Stale
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlAudits:
    """Signs the port `Audits`."""

    engine: Engine

    def auditable(self, covered: Collection[int]) -> list[Auditable]:
        """Images matched with others whose contexts are all among the covered."""
        with self.engine.connect() as connection:
            return list(_auditable(connection, frozenset(covered)))

    def stale(self, scanner: str) -> list[Stale]:
        """Images matched on their own, by a decision under other versions than those in force."""
        other = or_(direct_images.c.scanner != scanner, direct_images.c.release != __version__)
        tried = exists().where(
            catalogues.c.image_id == images.c.id,
            ~catalogues.c.direct,
            catalogues.c.audit == "pending",
        )
        statement = (
            _bound(select(images.c.id, images.c.digest, images.c.layer_bytes))
            .join(direct_images, direct_images.c.image_id == images.c.id)
            .where(still_open(direct_images), other, ~tried)
            .group_by(images.c.id, images.c.digest, images.c.layer_bytes)
            .order_by(images.c.digest, images.c.id)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(statement).all()
            named = _named(connection, rows)
        return [Stale(row.id, named[row.repository], row.digest, row.layer_bytes) for row in rows]

    def listed(self, catalogue: int) -> frozenset[tuple[str, str]]:
        """The packages of a catalogue, by context and identity."""
        statement = (
            select(contexts.c.name, packages.c.identity)
            .join(packages, packages.c.context_id == contexts.c.id)
            .join(package_set_members, package_set_members.c.package_id == packages.c.id)
            .join(catalogue_sets, catalogue_sets.c.set_id == package_set_members.c.set_id)
            .where(catalogue_sets.c.catalogue_id == catalogue)
        )
        with self.engine.connect() as connection:
            return frozenset((row.name, row.identity) for row in connection.execute(statement))

    def record(
        self, this: PassRecord, catalogue: int, knowledge: int, told: Audited, scanner: str
    ) -> None:
        """Record a comparison once for a pass; an image that differs is matched on its own then."""
        before = select(audits.c.id).where(
            audits.c.catalogue_id == catalogue, audits.c.opened_in == this.number
        )
        row = {
            "catalogue_id": catalogue,
            "knowledge_id": knowledge,
            "findings": told.findings,
            "differences": [dict(one) for one in told.differences],
            "opened_in": this.number,
        }
        image = select(catalogues.c.image_id).where(catalogues.c.id == catalogue)
        with writing(self.engine, this) as connection:
            one_at_a_time(connection, "catalogues")
            if connection.scalar(before) is not None:
                return
            connection.execute(insert(audits).values(row))
            number = connection.scalar(image)
            if told.differences and number is not None:
                first = told.differences[0]
                reason = (
                    f"an audit found differences: {first['side']} {first['vulnerability']} "
                    f"of {first['package']}"
                )
                send_away(connection, this, number, reason, scanner)

    def again(
        self, this: PassRecord, image: int, origin: CatalogueOrigin, catalogue: Catalogue
    ) -> None:
        """Record a list with its findings as that of a new image, to be compared as at birth."""
        before = select(catalogues.c.id).where(
            catalogues.c.image_id == image,
            ~catalogues.c.direct,
            catalogues.c.opened_in == this.number,
        )
        with writing(self.engine, this) as connection:
            one_at_a_time(connection, "catalogues")
            if connection.scalar(before) is None:
                add_newborn(connection, this, image, origin, catalogue)

    def of_pass(self, this: PassRecord) -> list[Audited]:
        """What was compared in a pass, by subject."""
        statement = (
            _bound(select(images.c.digest, audits.c.findings, audits.c.differences, audits.c.id))
            .join(catalogues, catalogues.c.image_id == images.c.id)
            .join(audits, audits.c.catalogue_id == catalogues.c.id)
            .where(audits.c.opened_in == this.number)
            .group_by(audits.c.id, images.c.digest)
        )
        numbers = statement.with_only_columns(
            audits.c.id, images.c.digest, func.min(repositories.c.id).label("repository")
        )
        with self.engine.connect() as connection:
            rows = connection.execute(numbers).all()
            named = _named(connection, rows)
            told = select(audits.c.id, audits.c.findings, audits.c.differences)
            told = told.where(audits.c.opened_in == this.number)
            by_number = {row.id: row for row in connection.execute(told)}
        found = [
            Audited(
                f"{named[row.repository]}@{row.digest}",
                by_number[row.id].findings,
                by_number[row.id].differences,
            )
            for row in rows
        ]
        return sorted(found, key=lambda one: one.subject)

    def directs(self) -> int:
        """How many images that streams point to now are matched on their own."""
        statement = (
            select(func.count(direct_images.c.image_id.distinct()))
            .join(bindings, bindings.c.image_id == direct_images.c.image_id)
            .where(still_open(direct_images))
            .where(bindings.c.end_at.is_(None), bindings.c.superseded_in.is_(None))
        )
        with self.engine.connect() as connection:
            return connection.scalar(statement) or 0


def _auditable(connection: Connection, covered: frozenset[int]) -> Iterable[Auditable]:
    rows = connection.execute(_current()).all()
    named, needed = _named(connection, rows), contexts_of(connection, [row.id for row in rows])
    last = select(audits.c.catalogue_id, func.max(audits.c.opened_in).label("last"))
    audited = {
        row.catalogue_id: row.last
        for row in connection.execute(last.group_by(audits.c.catalogue_id))
    }
    for row in rows:
        if needed[row.id] <= covered:
            yield Auditable(
                catalogue=row.id,
                repository=named[row.repository],
                digest=row.digest,
                layer_bytes=row.layer_bytes,
                contexts=frozenset(needed[row.id]),
                origin=CatalogueOrigin(row.scanner, row.db_digest, row.java_db_digest),
                audited_in=audited.get(row.id),
                due=row.audit in ("skipped", "different") and row.id not in audited,
            )


def _current() -> Select[tuple[object, ...]]:
    """The lists in force of images that streams point to now, but for those matched alone."""
    columns = (
        catalogues.c.id,
        catalogues.c.scanner,
        catalogues.c.db_digest,
        catalogues.c.java_db_digest,
        catalogues.c.audit,
        images.c.digest,
        images.c.layer_bytes,
    )
    return (
        _bound(select(*columns))
        .join(catalogues, catalogues.c.image_id == images.c.id)
        .where(in_force(), ~catalogues.c.direct)
        .group_by(*columns)
        .order_by(catalogues.c.id)
    )


def _bound(statement: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
    """Images that streams point to now, each with the first of the repositories that have it."""
    return (
        statement.add_columns(func.min(repositories.c.id).label("repository"))
        .select_from(images)
        .join(bindings, bindings.c.image_id == images.c.id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(bindings.c.end_at.is_(None), bindings.c.superseded_in.is_(None))
    )


def _named(
    connection: Connection, rows: Iterable[Row[tuple[object, ...]]]
) -> dict[int, Repository]:
    numbers = {row.repository for row in rows}
    statement = select(repositories).where(among(repositories.c.id, numbers))
    return {row.id: Repository(row.registry, row.path) for row in connection.execute(statement)}
