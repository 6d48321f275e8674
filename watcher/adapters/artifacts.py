"""Artifacts in any OCI registry, such as the databases of Trivy."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from pathlib import Path

from watcher.adapters.distribution import (
    Credentials,
    Descriptor,
    Distribution,
    IndexDocument,
    parse_manifest,
)
from watcher.adapters.distribution.document import shown
from watcher.adapters.http import Connecting, Http
from watcher.domain.errors import NotFoundError, PermanentError
from watcher.domain.reference import ArtifactReference
from watcher.ports.artifacts import ArtifactLayer

DATABASE_LAYERS = frozenset(
    {
        "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip",
        "application/vnd.aquasec.trivy.javadb.layer.v1.tar+gzip",
        # What general tools call it when somebody mirrors a database with them.
        "application/vnd.oci.image.layer.v1.tar+gzip",
    }
)
_LARGEST = 4 * 1024**3
_DOWNLOAD_SECONDS = 1800.0
# The one registry whose address is not its name.
_ADDRESSES = {"docker.io": "registry-1.docker.io", "index.docker.io": "registry-1.docker.io"}
_CONNECTING = Connecting(concurrency=4)


class OciArtifacts:
    """Artifacts by reference; signs `watcher.ports.artifacts.Artifacts`.

    `credentials` are by host as references name it; a host without any is asked anonymously.
    Layers are of one of `media_types` and of at most `largest` bytes.
    """

    def __init__(
        self,
        credentials: Mapping[str, Credentials] | None = None,
        *,
        connecting: Connecting = _CONNECTING,
        media_types: Collection[str] = DATABASE_LAYERS,
        largest: int = _LARGEST,
        download_seconds: float = _DOWNLOAD_SECONDS,
    ) -> None:
        self._credentials = dict(credentials or {})
        self._connecting = connecting
        self._media_types = frozenset(media_types)
        self._largest = largest
        self._download_seconds = download_seconds
        self._clients: dict[str, Distribution] = {}
        self._lock = threading.Lock()

    def poll(self, reference: ArtifactReference) -> str:
        """Ask for the manifest digest now behind the reference (one HEAD)."""
        client = self._client(reference)
        try:
            return client.head(reference.path, reference.target)
        except NotFoundError as error:
            raise NotFoundError(f"{reference} is not there: {error}") from None

    def layer(self, reference: ArtifactReference, digest: str) -> ArtifactLayer:
        """Fetch the manifest of that digest, verify it, and describe its one layer."""
        what = f"{reference.host}/{reference.path}@{digest}"
        document = parse_manifest(what, self._client(reference).manifest(reference.path, digest))
        if isinstance(document, IndexDocument):
            raise PermanentError(f"{what} is an index, not an artifact of one layer")
        if len(document.layers) != 1:
            raise PermanentError(f"{what} has {len(document.layers)} layers; one is expected")
        (layer,) = document.layers
        if layer.media_type not in self._media_types:
            raise PermanentError(f"{what} holds no database but {shown(layer.media_type)}")
        if not 0 < layer.size <= self._largest:
            raise PermanentError(
                f"{what}: a layer of {layer.size} bytes is refused; {self._largest} are allowed"
            )
        return ArtifactLayer(layer.digest, layer.size, layer.media_type)

    def pull(self, reference: ArtifactReference, layer: ArtifactLayer, to: Path) -> None:
        """Write the layer to a file, streamed and verified; the file is gone where that fails.

        Raises TransientError for a body cut short or a full disk, PermanentError for other bytes.
        """
        descriptor = Descriptor(layer.media_type, layer.digest, layer.size)
        client = self._client(reference)
        client.download(reference.path, descriptor, to, self._download_seconds)

    def _client(self, reference: ArtifactReference) -> Distribution:
        host = reference.host
        with self._lock:
            if host not in self._clients:
                scheme = "http" if reference.plain else "https"
                url = f"{scheme}://{_ADDRESSES.get(host, host)}"
                http = Http(self._connecting)
                self._clients[host] = Distribution(url, http, self._credentials.get(host))
            return self._clients[host]
