"""A registry whose tags point to what is no image: every manifest here has the digest it claims."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.servers.hostile import Hostile, Reply, Seen, hostile
from watcher.demo.workshop.blobs import Blob

REPOSITORY = "odd/app"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_INDEX = "application/vnd.oci.image.index.v1+json"
_LOST = f"sha256:{'0' * 64}"
_CONFIG = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": _LOST, "size": 2}


def _said(**fields: object) -> bytes:
    return json.dumps({"schemaVersion": 2, **fields}).encode()


# tag -> the manifest, and what the complaint about it says
ODD: Mapping[str, tuple[bytes, str]] = {
    "a-text": (b"not found, sorry", "not JSON"),
    "a-list": (b"[]", "not a JSON object"),
    "cut": (_said(config=_CONFIG, layers=[])[:60], "not JSON"),
    "deep": (b"[" * 100_000, "not JSON"),
    "empty": (b"", "not JSON"),
    "fieldless": (b"{}", "schemaVersion"),
    "index-of-nothing": (_said(mediaType=_INDEX, manifests=[]), "without any image"),
    "schema-1": (json.dumps({"schemaVersion": 1, "name": "x"}).encode(), "schema 1"),
    "two-faced": (_said(config=_CONFIG, layers=[], manifests=[]), "neither"),
    "without-config": (_said(mediaType=_MANIFEST, layers=[]), "config"),
    "with-lost-config": (_said(mediaType=_MANIFEST, config=_CONFIG, layers=[]), "lost"),
}


@contextmanager
def odd_registry() -> Iterator[Hostile]:
    """Serve them, a tag for each."""
    manifests = {tag: Blob.of(_MANIFEST, body) for tag, (body, _) in ODD.items()}
    by_target = manifests | {blob.digest: blob for blob in manifests.values()}

    def answer(seen: Seen) -> Reply:
        path = seen.path.partition("?")[0]
        if path == "/v2/":
            return Reply(body=b"{}")
        if path == f"/v2/{REPOSITORY}/tags/list":
            listed = {"name": REPOSITORY, "tags": sorted(ODD)}
            return Reply(body=json.dumps(listed).encode())
        blob = by_target.get(path.removeprefix(f"/v2/{REPOSITORY}/manifests/"))
        if blob is None:
            return Reply(404, body=b"{}")
        headers = {"Docker-Content-Digest": blob.digest, "Content-Type": _MANIFEST}
        return Reply(headers=headers, body=blob.content)

    with hostile(answer) as server:
        yield server


def subjects(registry: str) -> dict[str, str]:
    """What each manifest is called in a failure, with what its complaint says."""
    return {
        f"{registry}/{REPOSITORY}@{Blob.of(_MANIFEST, body).digest}": reason
        for body, reason in ODD.values()
    }
