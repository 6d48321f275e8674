"""OCI artifacts that are no images: files under a manifest, such as databases and signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher.demo.workshop.blobs import Blob, Json, annotated, json_bytes
from watcher.demo.workshop.clock import rfc3339
from watcher.demo.workshop.image import MEDIA_TYPES
from watcher.demo.workshop.layers.archive import gzipped, tar

_MANIFEST = MEDIA_TYPES["oci"].manifest
_TRIVY_CONFIG = "application/vnd.aquasec.trivy.config.v1+json"
_SIGNATURE = "application/vnd.dev.cosign.simplesigning.v1+json"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A configuration and layers of any media type under a manifest.

    One with a `subject`, a descriptor, refers to another manifest, and says what it is.
    """

    config: Blob
    layers: tuple[Blob, ...]
    annotations: Mapping[str, str] = field(default_factory=dict)
    artifact_type: str = ""
    subject: Mapping[str, Json] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Return the manifest's digest."""
        return self.manifest().digest

    def manifest(self) -> Blob:
        """Return the manifest, after the OCI image specification."""
        document: dict[str, Json] = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": self.config.descriptor(),
            "layers": [layer.descriptor() for layer in self.layers],
            **({"artifactType": self.artifact_type} if self.artifact_type else {}),
            **({"subject": self.subject} if self.subject else {}),
            **annotated(self.annotations),
        }
        return Blob.of(_MANIFEST, json_bytes(document))

    def blobs(self) -> list[Blob]:
        """Return configuration and layers."""
        return [self.config, *self.layers]

    def manifests(self) -> list[Blob]:
        """Return the one manifest."""
        return [self.manifest()]


def packed(files: Mapping[str, str | bytes], layer_type: str, created: datetime) -> Artifact:
    """Pack files into one layer, as Trivy's databases are shipped."""
    title = {"org.opencontainers.image.title": "db.tar.gz"}
    return Artifact(
        config=Blob.of(_TRIVY_CONFIG, b"{}"),
        layers=(Blob.of(layer_type, gzipped(tar(files)), title),),
        annotations={"org.opencontainers.image.created": rfc3339(created)},
    )


def signature(digest: str) -> tuple[str, Artifact]:
    """Return the tag and the artifact that cosign leaves beside a signed image."""
    payload = json_bytes({"critical": {"image": {"docker-manifest-digest": digest}}})
    config = Blob.of(MEDIA_TYPES["oci"].config, json_bytes({"rootfs": {"type": "layers"}}))
    tag = digest.replace(":", "-") + ".sig"
    return tag, Artifact(config, (Blob.of(_SIGNATURE, payload),))
