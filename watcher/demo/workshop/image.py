"""Images and indexes: layers under a configuration, under a manifest, under a tag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from watcher.demo.workshop.blobs import Blob, Json, annotated, json_bytes
from watcher.demo.workshop.clock import rfc3339
from watcher.demo.workshop.layers.archive import Layer

Format = Literal["oci", "docker"]

BASE_NAME = "org.opencontainers.image.base.name"
BASE_DIGEST = "org.opencontainers.image.base.digest"


@dataclass(frozen=True, slots=True)
class _MediaTypes:
    index: str
    manifest: str
    config: str
    layer: str


MEDIA_TYPES: Mapping[Format, _MediaTypes] = {
    "oci": _MediaTypes(
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.oci.image.layer.v1.tar+gzip",
    ),
    "docker": _MediaTypes(
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.container.image.v1+json",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
    ),
}


@dataclass(frozen=True, slots=True)
class Image:
    """One platform's image; `platform` is os/arch[/variant], `created` aware UTC or unknown."""

    layers: Sequence[Layer]
    platform: str = "linux/amd64"
    created: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    format: Format = "oci"

    def __post_init__(self) -> None:
        """Keep the layers from changing."""
        object.__setattr__(self, "layers", tuple(self.layers))

    @property
    def digest(self) -> str:
        """Return the manifest's digest, the image's identity."""
        return self.manifest().digest

    def config(self) -> Blob:
        """Return the configuration, after the OCI image specification."""
        document: dict[str, Json] = {
            **platform_fields(self.platform),
            **self._created(),
            "config": {"Labels": dict(self.labels)} if self.labels else {},
            "rootfs": {"type": "layers", "diff_ids": [one.diff_id for one in self.layers]},
            "history": [{**self._created(), "created_by": one.created_by} for one in self.layers],
        }
        return Blob.of(MEDIA_TYPES[self.format].config, json_bytes(document))

    def manifest(self) -> Blob:
        """Return the manifest over configuration and layers."""
        types = MEDIA_TYPES[self.format]
        document: dict[str, Json] = {
            "schemaVersion": 2,
            "mediaType": types.manifest,
            "config": self.config().descriptor(),
            "layers": [blob.descriptor() for blob in self._layer_blobs()],
            **annotated(self.annotations),
        }
        return Blob.of(types.manifest, json_bytes(document))

    def blobs(self) -> list[Blob]:
        """Return layers and configuration."""
        return [*self._layer_blobs(), self.config()]

    def manifests(self) -> list[Blob]:
        """Return the one manifest."""
        return [self.manifest()]

    def _layer_blobs(self) -> list[Blob]:
        kind = MEDIA_TYPES[self.format].layer
        return [Blob(kind, one.content, one.digest) for one in self.layers]

    def _created(self) -> dict[str, Json]:
        return {"created": rfc3339(self.created)} if self.created else {}


def built_on(
    base: Image,
    layers: Iterable[Layer],
    *,
    created: datetime,
    base_name: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Image:
    """Build an image on a base: its layers first, its labels inherited as builders do.

    With `base_name` the image says so in the annotations of the OCI specification, name and
    digest; without, only the layers tell.
    """
    annotations = {BASE_NAME: base_name, BASE_DIGEST: base.digest} if base_name else {}
    return replace(
        base,
        layers=(*base.layers, *layers),
        created=created,
        labels={**base.labels, **(labels or {})},
        annotations=annotations,
    )


def platform_fields(platform: str) -> dict[str, Json]:
    """Split os/arch[/variant] into the fields that configurations and indexes use."""
    names = ("os", "architecture", "variant")
    return dict(zip(names, platform.split("/"), strict=False))
