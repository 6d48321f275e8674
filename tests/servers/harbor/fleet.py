"""A Harbor with a large fleet in it, made in a moment: manifests alone, which nobody may pull."""

from __future__ import annotations

import json

from tests.servers.harbor.records import Records
from watcher.demo.workshop.blobs import Blob

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"


def fill(
    records: Records, *, repositories: int = 500, tags: int = 20, project: str = "shop"
) -> None:
    """Put repositories with so many tags each into a project, every tag on its own image."""
    for repository in range(repositories):
        for tag in range(tags):
            path = f"{project}/team-{repository % 10}/app-{repository:04}"
            records.place(path, f"1.{tag}", stand_in(f"{path}:{tag}"))


def stand_in(mark: str) -> Blob:
    """A manifest whose configuration and layers are nowhere."""
    config = {"mediaType": _CONFIG, "digest": "sha256:" + "0" * 64, "size": 2}
    document = {"schemaVersion": 2, "config": config, "layers": [], "annotations": {"mark": mark}}
    return Blob.of(_MANIFEST, json.dumps(document).encode())
