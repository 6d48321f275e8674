"""The catalogues of images."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.grounds.recorded import Marks
from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.inventory import images
from watcher.adapters.store.tables.packages import catalogues
from watcher.ports.store.grounds import CatalogueGround


def read_catalogues(
    connection: Connection, upto: int, numbers: Collection[int], marks: Marks
) -> dict[int, list[CatalogueGround]]:
    """The catalogues of images, oldest first."""
    found: dict[int, list[CatalogueGround]] = defaultdict(list)
    statement = (
        select(catalogues, images.c.digest)
        .join(images, images.c.id == catalogues.c.image_id)
        .where(among(catalogues.c.image_id, numbers), visible(catalogues, upto))
        .order_by(catalogues.c.id)
    )
    for row in connection.execute(statement):
        one = CatalogueGround(
            row.digest,
            row.scanner,
            row.db_digest,
            row.java_db_digest,
            row.applied_at,
            row.package_count,
            marks.passes[row.opened_in],
        )
        found[row.image_id].append(one)
    return found
