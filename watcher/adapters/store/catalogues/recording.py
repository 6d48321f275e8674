"""Recording a catalogue: what is known of its layers already is shared, what is new is added."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from watcher.adapters.store.catalogues.findings import written
from watcher.adapters.store.catalogues.sets import numbered_sets
from watcher.adapters.store.copying import Row
from watcher.adapters.store.lock import one_at_a_time
from watcher.adapters.store.rows import add_numbered, add_rows
from watcher.adapters.store.tables.packages import birth_findings, catalogue_sets, catalogues
from watcher.domain.package import Catalogue
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.passes import PassRecord


def record(
    connection: Connection,
    this: PassRecord,
    image: int,
    origin: CatalogueOrigin,
    catalogue: Catalogue,
) -> None:
    """Record a catalogue unless the image's newest is of the same origin.

    The transaction is all of it.
    """
    one_at_a_time(connection, "catalogues")
    if _stands(connection, image, origin):
        return
    sets = numbered_sets(connection, this, catalogue.occurrences)
    (number,) = add_numbered(connection, catalogues, [_row(this, image, origin, catalogue)])
    _link(connection, number, sets)
    if catalogue.not_covered is None:
        body = written(catalogue.findings)
        add_rows(connection, birth_findings, [{"catalogue_id": number, "body": body}])


def _stands(connection: Connection, image: int, origin: CatalogueOrigin) -> bool:
    """Whether an image's newest catalogue says what this scanner and Java database say."""
    columns = (catalogues.c.scanner, catalogues.c.java_db_digest)
    newest = select(*columns).where(catalogues.c.image_id == image)
    row = connection.execute(newest.order_by(catalogues.c.id.desc()).limit(1)).first()
    return row is not None and tuple(row) == (origin.scanner, origin.java_db_digest)


def _link(connection: Connection, catalogue: int, sets: Sequence[int]) -> None:
    links: list[Row] = [{"catalogue_id": catalogue, "set_id": one} for one in sets]
    add_rows(connection, catalogue_sets, links)


def _row(this: PassRecord, image: int, origin: CatalogueOrigin, catalogue: Catalogue) -> Row:
    return {
        "image_id": image,
        "scanner": origin.scanner,
        "db_digest": origin.db_digest,
        "java_db_digest": origin.java_db_digest,
        "os_family": catalogue.os_family,
        "os_version": catalogue.os_version,
        "end_of_life": catalogue.end_of_life,
        "package_count": len(catalogue.occurrences),
        "unknown_jars": catalogue.unknown_jars,
        "not_covered": catalogue.not_covered,
        "applied_at": this.at,
        "audit": "pending",
        "differences": [],
        "opened_in": this.number,
    }
