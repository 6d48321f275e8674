"""What the images that streams point to are built on, as it was known after a given pass."""

from __future__ import annotations

from sqlalchemy import Connection, select

from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.lineages.chosen import chosen
from watcher.adapters.store.lineages.claims import claim_of
from watcher.adapters.store.lineages.followed import read_lineages
from watcher.adapters.store.tables.inventory import base_identities, bindings, images
from watcher.ports.store.views import ImageBase

_OF_IMAGE = ("platform", "annotations", "labels")


def read_bases(connection: Connection, upto: int) -> dict[int, ImageBase]:
    """The base of each image, or why there is none, by the image's number; others are left out."""
    current = select(bindings.c.image_id).where(visible(bindings, upto), unended(bindings, upto))
    statement = (
        select(base_identities, *(images.c[name] for name in _OF_IMAGE))
        .join(images, images.c.id == base_identities.c.image_id)
        .where(visible(base_identities, upto), base_identities.c.evidence.is_not(None))
        .where(base_identities.c.image_id.in_(current))
    )
    lineages = read_lineages(connection, upto)
    found: dict[int, ImageBase] = {}
    for row in connection.execute(statement):
        base = row.base_image_id
        heads = [one for one in lineages.get(base, ()) if one.platform == row.platform]
        followed = chosen(claim_of(row), base, heads)
        name = followed.name if followed else row.name
        found[row.image_id] = ImageBase(name, row.digest, row.grade, row.evidence)
    return found
