"""Pushing to a registry, after the OCI distribution specification: blobs, then manifests."""

from __future__ import annotations

import base64
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

from watcher.demo.workshop.artifact import Artifact
from watcher.demo.workshop.blobs import Blob, Pushable
from watcher.demo.workshop.errors import WorkshopError
from watcher.demo.workshop.image import MEDIA_TYPES, Image
from watcher.demo.workshop.index import Index
from watcher.demo.workshop.wire import Reply, Wire

_ANY_MANIFEST = ", ".join(
    kind for types in MEDIA_TYPES.values() for kind in (types.index, types.manifest)
)


class Pusher:
    """Pushes to one registry and remembers what it holds, so that shared layers go up once.

    One Pusher is one connection: threads need one each.
    """

    def __init__(
        self, base_url: str, *, username: str | None = None, password: str | None = None
    ) -> None:
        """Push to `base_url` (http://host:port), with Basic credentials where given."""
        self._wire = Wire(base_url)
        self._headers: dict[str, str] = {}
        if username is not None:
            pair = f"{username}:{password or ''}".encode()
            self._headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        self._homes: dict[str, set[str]] = {}  # digest → repositories that hold the blob

    def __enter__(self) -> Self:
        """Use the connection in a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self._wire.close()

    def push_image(self, repository: str, tag: str, image: Image) -> str:
        """Push one platform's image under a tag; return its digest."""
        return self.push(repository, tag, image)

    def push_index(self, repository: str, tag: str, index: Index) -> str:
        """Push an index with all it lists under a tag; return the index's digest."""
        return self.push(repository, tag, index)

    def push_artifact(self, repository: str, tag: str, artifact: Artifact) -> str:
        """Push an artifact under a tag; return its digest."""
        return self.push(repository, tag, artifact)

    def push(self, repository: str, tag: str, content: Pushable) -> str:
        """Push anything under a tag; return the digest that the tag points to.

        Raises WorkshopError where the registry refuses or computes another digest.
        """
        for blob in content.blobs():
            self._upload(repository, blob)
        *inner, root = content.manifests()
        for manifest in inner:
            self.put_manifest(repository, manifest.digest, manifest)
        return self.put_manifest(repository, tag, root)

    def put_manifest(self, repository: str, reference: str, manifest: Blob) -> str:
        """Put one manifest under a tag or its digest; its blobs have to be there already."""
        reply = self._ask(
            "PUT",
            f"/v2/{repository}/manifests/{quote(reference, safe=':')}",
            HTTPStatus.CREATED,
            body=manifest.content,
            headers={"Content-Type": manifest.media_type},
        )
        return _same_digest(reply, manifest.digest)

    def resolve(self, repository: str, tag: str) -> str | None:
        """Return the digest that a tag points to, or None where there is no such tag."""
        path = f"/v2/{repository}/manifests/{quote(tag, safe=':')}"
        reply = self._ask(
            "HEAD", path, HTTPStatus.OK, HTTPStatus.NOT_FOUND, headers={"Accept": _ANY_MANIFEST}
        )
        return reply.headers["docker-content-digest"] if reply.status == HTTPStatus.OK else None

    def delete_tag(self, repository: str, tag: str) -> None:
        """Remove a tag alone; what it pointed to stays."""
        self._ask("DELETE", f"/v2/{repository}/manifests/{quote(tag)}", HTTPStatus.ACCEPTED)

    def delete_manifest(self, repository: str, digest: str) -> None:
        """Remove a manifest, and with it every tag that points to it."""
        self._ask("DELETE", f"/v2/{repository}/manifests/{digest}", HTTPStatus.ACCEPTED)

    def _upload(self, repository: str, blob: Blob) -> None:
        homes = self._homes.setdefault(blob.digest, set())
        if repository in homes:
            return
        if not (homes and self._mount(repository, blob, min(homes))) and not self._holds(
            repository, blob
        ):
            self._send(repository, blob)
        homes.add(repository)

    def _holds(self, repository: str, blob: Blob) -> bool:
        path = f"/v2/{repository}/blobs/{blob.digest}"
        return self._ask("HEAD", path, HTTPStatus.OK, HTTPStatus.NOT_FOUND).status == HTTPStatus.OK

    def _mount(self, repository: str, blob: Blob, source: str) -> bool:
        """Let the registry link a blob of another repository; it may decline with 202."""
        path = f"/v2/{repository}/blobs/uploads/?mount={quote(blob.digest)}&from={quote(source)}"
        reply = self._ask("POST", path, HTTPStatus.CREATED, HTTPStatus.ACCEPTED)
        return reply.status == HTTPStatus.CREATED

    def _send(self, repository: str, blob: Blob) -> None:
        reply = self._ask("POST", f"/v2/{repository}/blobs/uploads/", HTTPStatus.ACCEPTED)
        place = urlsplit(reply.headers["location"])
        query = f"{place.query}&" if place.query else ""
        reply = self._ask(
            "PUT",
            f"{place.path}?{query}digest={quote(blob.digest)}",
            HTTPStatus.CREATED,
            body=blob.content,
            headers={"Content-Type": "application/octet-stream"},
        )
        _same_digest(reply, blob.digest)

    def _ask(
        self,
        method: str,
        path: str,
        *accepted: HTTPStatus,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> Reply:
        reply = self._wire.request(
            method, path, body=body, headers={**self._headers, **(headers or {})}
        )
        if reply.status not in accepted:
            answer = reply.body[:300].decode(errors="replace")
            raise WorkshopError(f"{method} http://{self._wire.host}{path}: {reply.status} {answer}")
        return reply


def _same_digest(reply: Reply, digest: str) -> str:
    # A registry need not say; it compared a blob with the digest in its address.
    computed = reply.headers.get("docker-content-digest", digest)
    if computed != digest:
        raise WorkshopError(f"the registry stored {computed} where {digest} was pushed")
    return digest
