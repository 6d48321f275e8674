"""What images are built on, as recorded by a given pass: their base, and its lineage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.engine import among, batches
from watcher.adapters.store.lineages.chosen import chosen
from watcher.adapters.store.lineages.claims import claim_of
from watcher.adapters.store.lineages.heads import by_image
from watcher.adapters.store.lineages.heads import read_lineages as read_with_histories
from watcher.adapters.store.tables.inventory import base_identities, bindings, images
from watcher.domain.lineage import Claim
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import BaseHead

Lineages = Mapping[int, Sequence[BaseHead]]  # by each base that they ever pointed to


@dataclass(frozen=True, slots=True)
class Followed:
    """Which lineage images on known bases follow; what an image claims is read only in doubt."""

    connection: Connection
    lineages: Lineages

    def of(self, built: Collection[Built]) -> dict[tuple[int, str], BaseHead]:
        """The head of each image's lineage, by image and platform; none where there is none."""
        heads = {one: self.heads(one.base, one.platform) for one in built}
        claims = self._claims({one.image for one, several in heads.items() if len(several) > 1})
        found = {
            (one.image, one.platform): chosen(claims.get(one.image), one.base, several)
            for one, several in heads.items()
        }
        return {image: head for image, head in found.items() if head is not None}

    def heads(self, base: int, platform: str) -> list[BaseHead]:
        """The heads of the lineages that ever pointed to a base."""
        return [one for one in self.lineages.get(base, ()) if one.platform == platform]

    def _claims(self, wanted: Collection[int]) -> dict[int, Claim | None]:
        if not wanted:
            return {}
        statement = select(images.c.id, images.c.annotations, images.c.labels)
        rows = self.connection.execute(statement.where(among(images.c.id, wanted)))
        return {row.id: claim_of(row) for row in rows}


class Built(NamedTuple):
    """An image by its number, and the base that it is built on, on a platform."""

    image: int
    base: int
    platform: str


class Follows(NamedTuple):
    """A base by its number, and the lineage that an image on it follows."""

    base: int
    lineage: Track


def read_lineages(
    connection: Connection, upto: int, bases: Collection[int] | None = None
) -> Lineages:
    """What the streams of bases pointed to last, by everything that they ever pointed to.

    A stream of what is published is a lineage too where others are built on its images. With
    `bases`, images by number, only lineages that these belong to.
    """
    found: dict[int, list[BaseHead]] = defaultdict(list)
    for image, lineages in by_image(read_with_histories(connection, upto, bases)).items():
        found[image] = [one.head for one in lineages]
    return found


def bases_beneath(connection: Connection, upto: int, streams: Collection[int]) -> set[int]:
    """The bases, images by number, of all that some streams, by number, ever pointed to."""
    pointed = select(bindings.c.image_id).where(
        among(bindings.c.stream_id, streams), bindings.c.opened_in <= upto
    )
    statement = select(base_identities.c.base_image_id).where(
        base_identities.c.image_id.in_(pointed),
        base_identities.c.opened_in <= upto,
        base_identities.c.base_image_id.is_not(None),
    )
    return set(connection.scalars(statement))


def read_followed(
    connection: Connection, upto: int, lineages: Lineages, bound: Collection[tuple[int, str]]
) -> dict[tuple[int, str], Follows]:
    """The base of each image that is known, and its lineage on the image's platform."""
    platforms: dict[int, list[str]] = defaultdict(list)
    for image, platform in bound:
        platforms[image].append(platform)
    found: dict[tuple[int, str], Follows] = {}
    statement = (
        select(base_identities, images.c.annotations, images.c.labels)
        .join(images, images.c.id == base_identities.c.image_id)
        .where(visible(base_identities, upto), base_identities.c.base_image_id.is_not(None))
    )
    for batch in batches(sorted(platforms)):
        for row in connection.execute(statement.where(base_identities.c.image_id.in_(batch))):
            base = row.base_image_id
            for platform in platforms[row.image_id]:
                heads = [one for one in lineages.get(base, ()) if one.platform == platform]
                head = chosen(claim_of(row), base, heads)
                if head is not None:
                    track = Track(head.stream, head.platform)
                    found[row.image_id, platform] = Follows(base, track)
    return found
