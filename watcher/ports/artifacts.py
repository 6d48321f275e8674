"""A source of knowledge: OCI artifacts such as the Trivy database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from watcher.domain.reference import ArtifactReference


@dataclass(frozen=True, slots=True)
class ArtifactLayer:
    """The only layer of an artifact, by its descriptor."""

    digest: str
    size: int
    media_type: str


class Artifacts(Protocol):
    """Where artifacts are polled and pulled. Raises TransientError and PermanentError only."""

    def poll(self, reference: ArtifactReference) -> str:
        """Ask for the manifest digest now behind the reference (one HEAD)."""

    def layer(self, reference: ArtifactReference, digest: str) -> ArtifactLayer:
        """Fetch the manifest of that digest, verify it, and describe its one layer."""

    def pull(self, reference: ArtifactReference, layer: ArtifactLayer, to: Path) -> None:
        """Write the layer to a file, streamed; raises where its size or digest is another."""
