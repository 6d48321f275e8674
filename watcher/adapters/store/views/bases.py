"""What the images that streams point to are built on, as it was known after a given pass."""

from __future__ import annotations

from sqlalchemy import Connection, select

from watcher.adapters.store.asof import standing, visible
from watcher.adapters.store.lineages.followed import Built, Followed, read_lineages
from watcher.adapters.store.tables.inventory import base_identities, bindings, images
from watcher.ports.store.views import ImageBase


def read_bases(connection: Connection, upto: int) -> dict[int, ImageBase]:
    """The base of each image, or why there is none, by the image's number; others are left out."""
    current = select(bindings.c.image_id).where(standing(bindings, upto))
    statement = (
        select(base_identities, images.c.platform)
        .join(images, images.c.id == base_identities.c.image_id)
        .where(visible(base_identities, upto), base_identities.c.evidence.is_not(None))
        .where(base_identities.c.image_id.in_(current))
    )
    rows = connection.execute(statement).all()
    followed = Followed(connection, read_lineages(connection, upto))
    heads = followed.of(
        {
            Built(row.image_id, row.base_image_id, row.platform)
            for row in rows
            if row.base_image_id is not None
        }
    )
    found: dict[int, ImageBase] = {}
    for row in rows:
        head = heads.get((row.image_id, row.platform))
        name = head.name if head else row.name
        found[row.image_id] = ImageBase(name, row.digest, row.grade, row.evidence)
    return found
