"""A source of artifacts in memory; signs the contract suite of the port."""

from __future__ import annotations

from pathlib import Path

from watcher.demo.workshop import Artifact
from watcher.domain.errors import NotFoundError, PermanentError, WatcherError
from watcher.domain.reference import ArtifactReference
from watcher.ports.artifacts import ArtifactLayer


class FakeArtifacts:
    """Holds what tests push, fails as they say, and counts polls and pulls by reference.

    `push`, `delete`, `fail` and `heal` are for tests; the rest is the port.
    """

    def __init__(self) -> None:
        self.polls: list[str] = []
        self.pulls: list[str] = []
        self._tags: dict[str, Artifact] = {}
        self._failures: dict[str | None, WatcherError] = {}

    def push(self, reference: str, artifact: Artifact) -> str:
        """Point a reference at an artifact; returns the digest."""
        self._tags[str(ArtifactReference.parse(reference))] = artifact
        return artifact.digest

    def delete(self, reference: str) -> None:
        """Take a reference away."""
        del self._tags[str(ArtifactReference.parse(reference))]

    def fail(self, error: WatcherError, reference: str | None = None) -> None:
        """Raise `error` from now on, for everything or for one reference."""
        self._failures[reference and str(ArtifactReference.parse(reference))] = error

    def heal(self) -> None:
        """Fail no more."""
        self._failures.clear()

    def poll(self, reference: ArtifactReference) -> str:
        """Tell the digest now behind the reference."""
        self.polls.append(str(reference))
        self._asked(reference)
        if str(reference) not in self._tags:
            raise NotFoundError(f"{reference} is not there")
        return self._tags[str(reference)].digest

    def layer(self, reference: ArtifactReference, digest: str) -> ArtifactLayer:
        """Describe the one layer."""
        self._asked(reference)
        for artifact in self._of(reference):
            if artifact.digest == digest:
                if len(artifact.layers) != 1 or "tar+gzip" not in artifact.layers[0].media_type:
                    raise PermanentError(f"{reference}@{digest} holds no database")
                (layer,) = artifact.layers
                return ArtifactLayer(layer.digest, len(layer.content), layer.media_type)
        raise NotFoundError(f"{reference}@{digest} is not there")

    def pull(self, reference: ArtifactReference, layer: ArtifactLayer, to: Path) -> None:
        """Write the layer to a file."""
        self.pulls.append(str(reference))
        self._asked(reference)
        for artifact in self._of(reference):
            for blob in artifact.layers:
                if blob.digest == layer.digest:
                    to.write_bytes(blob.content)
                    return
        raise PermanentError(f"{reference}: {layer.digest} is lost")

    def _asked(self, reference: ArtifactReference) -> None:
        for scope in (None, str(reference)):
            if scope in self._failures:
                raise self._failures[scope]

    def _of(self, reference: ArtifactReference) -> list[Artifact]:
        where = f"{reference.host}/{reference.path}"
        return [
            one for name, one in self._tags.items() if name.startswith((f"{where}:", f"{where}@"))
        ]
