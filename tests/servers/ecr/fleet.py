"""A large fleet in a stub, which nobody pulls from."""

from __future__ import annotations

import hashlib

from tests.servers.ecr.identities import HOME, REGION
from tests.servers.ecr.store import NOON, Store, Stored
from watcher.demo.workshop.blobs import Blob


def fill(store: Store, repositories: int = 500, tags: int = 20) -> None:
    """So many repositories of so many tags, an image each."""
    body = b'{"config": {"mediaType": "application/vnd.oci.image.config.v1+json"}}'
    for number in range(repositories):
        images = store.repositories.setdefault((HOME, REGION, f"shop/r{number:03}"), {})
        for tag in range(tags):
            digest = f"sha256:{hashlib.sha256(f'{number}:{tag}'.encode()).hexdigest()}"
            manifest = Blob("application/vnd.oci.image.manifest.v1+json", body, digest)
            images[digest] = Stored(manifest, NOON, {f"1.{tag}"})
