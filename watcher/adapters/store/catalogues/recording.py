"""Recording a catalogue: what is known of its layers already is shared, what is new is added."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from watcher.adapters.store.catalogues.direct import send_away
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
    if not _stands(connection, image, origin):
        add_newborn(connection, this, image, origin, catalogue)


def add_newborn(
    connection: Connection,
    this: PassRecord,
    image: int,
    origin: CatalogueOrigin,
    catalogue: Catalogue,
) -> None:
    """Record a catalogue whose findings wait for their comparison with the derived ones."""
    sets = numbered_sets(connection, this, catalogue.occurrences)
    number = add_catalogue(connection, this, image, origin, catalogue, sets)
    if catalogue.not_covered is not None:
        send_away(connection, this, image, catalogue.not_covered, origin.scanner)
    else:
        body = written(catalogue.findings)
        add_rows(connection, birth_findings, [{"catalogue_id": number, "body": body}])


def add_catalogue(  # noqa: PLR0913 - a row and its links
    connection: Connection,
    this: PassRecord,
    image: int,
    origin: CatalogueOrigin,
    catalogue: Catalogue,
    sets: Sequence[int],
    *,
    direct: bool = False,
) -> int:
    """Record what a list says of the whole, and its sets; returns its number."""
    row = _row(this, image, origin, catalogue)
    if direct:
        row |= {"direct": True, "audit": "direct"}
    (number,) = add_numbered(connection, catalogues, [row])
    _link(connection, number, sets)
    return number


def _stands(connection: Connection, image: int, origin: CatalogueOrigin) -> bool:
    """Whether an image's newest shared list says what this scanner and Java database say."""
    columns = (catalogues.c.scanner, catalogues.c.java_db_digest)
    newest = select(*columns).where(catalogues.c.image_id == image, ~catalogues.c.direct)
    row = connection.execute(newest.order_by(catalogues.c.id.desc()).limit(1)).first()
    return row is not None and tuple(row) == (origin.scanner, origin.java_db_digest)


def _link(connection: Connection, catalogue: int, sets: Sequence[int]) -> None:
    links: list[Row] = [{"catalogue_id": catalogue, "set_id": one} for one in sets]
    add_rows(connection, catalogue_sets, links)


def _row(
    this: PassRecord, image: int, origin: CatalogueOrigin, catalogue: Catalogue
) -> dict[str, object]:
    return {
        "image_id": image,
        "scanner": origin.scanner,
        "db_digest": origin.db_digest,
        "java_db_digest": origin.java_db_digest,
        "os_family": catalogue.os_family,
        "os_version": catalogue.os_version,
        "end_of_life": catalogue.end_of_life,
        "package_count": len(catalogue.occurrences),
        "direct": False,
        "unknown_jars": catalogue.unknown_jars,
        "not_covered": catalogue.not_covered,
        "applied_at": this.at,
        "audit": "pending",
        "differences": [],
        "opened_in": this.number,
    }
