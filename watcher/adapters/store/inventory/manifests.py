"""What digests stand for: manifests, and the images of their platforms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from watcher.adapters.store.copying import Row
from watcher.adapters.store.rows import add_numbered, add_rows, among
from watcher.adapters.store.tables import inventory
from watcher.adapters.store.tables.inventory import images, manifest_images
from watcher.domain.lineage import chains
from watcher.domain.reference import Platform
from watcher.domain.stream import PlatformImage
from watcher.ports.registry import ImageConfig, Manifest
from watcher.ports.store.passes import PassRecord


def resolved(
    connection: Connection, digests: Collection[str]
) -> dict[str, dict[Platform, PlatformImage]]:
    """Platforms of those manifests that are recorded."""
    statement = (
        select(
            inventory.manifests.c.digest.label("target"),
            images.c.platform,
            images.c.digest,
            images.c.created,
        )
        .join(manifest_images, manifest_images.c.manifest_id == inventory.manifests.c.id)
        .join(images, images.c.id == manifest_images.c.image_id)
        .where(among(inventory.manifests.c.digest, digests))
    )
    found: dict[str, dict[Platform, PlatformImage]] = defaultdict(dict)
    for row in connection.execute(statement):
        platform = Platform.parse(row.platform)
        found[row.target][platform] = PlatformImage(row.digest, row.created)
    return dict(found)


def add(
    connection: Connection, this: PassRecord, manifest: Manifest, configs: Sequence[ImageConfig]
) -> None:
    """Record what a digest stands for."""
    numbers = _numbered(connection, this, configs)
    row: Row = {
        "digest": manifest.digest,
        "media_type": manifest.media_type,
        "annotations": dict(manifest.annotations),
        "opened_in": this.number,
    }
    (number,) = add_numbered(connection, inventory.manifests, [row])
    links: list[Row] = [{"manifest_id": number, "image_id": image} for image in numbers]
    add_rows(connection, manifest_images, links)


def _numbered(
    connection: Connection, this: PassRecord, configs: Sequence[ImageConfig]
) -> list[int]:
    """Numbers of the images; an index may list one twice, and another index have listed it."""
    wanted = {(config.digest, str(config.platform)): config for config in configs}
    statement = select(images.c.digest, images.c.platform, images.c.id)
    rows = connection.execute(statement.where(among(images.c.digest, {key[0] for key in wanted})))
    held = {(row.digest, row.platform): row.id for row in rows}
    new = [key for key in wanted if key not in held]
    numbers = add_numbered(connection, images, [_image(this, wanted[key]) for key in new])
    held |= dict(zip(new, numbers, strict=True))
    return [held[key] for key in wanted]


def _image(this: PassRecord, config: ImageConfig) -> Row:
    return {
        "digest": config.digest,
        "platform": str(config.platform),
        "created": config.created,
        "diff_ids": list(config.diff_ids),
        "chain": chains(config.diff_ids)[-1] if config.diff_ids else None,
        "layers": list(config.layers),
        "layer_bytes": config.layer_bytes,
        "labels": dict(config.labels),
        "annotations": dict(config.annotations),
        "opened_in": this.number,
    }
