"""Indexes: one tag over the images of several platforms, with their attestations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from watcher.demo.workshop.blobs import Blob, Json, annotated, json_bytes
from watcher.demo.workshop.image import MEDIA_TYPES, Format, Image, platform_fields

_IN_TOTO = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True)
class Index:
    """Images of different platforms under one digest.

    With `attested` each has a provenance attestation beside it as BuildKit writes them: a
    manifest of the platform unknown/unknown, which is no image.
    """

    images: Sequence[Image]
    attested: bool = False
    annotations: Mapping[str, str] = field(default_factory=dict)
    format: Format = "oci"

    def __post_init__(self) -> None:
        """Keep the images from changing."""
        object.__setattr__(self, "images", tuple(self.images))

    @property
    def digest(self) -> str:
        """Return the index's own digest."""
        return self.index().digest

    def index(self) -> Blob:
        """Return the index document, after the OCI image specification."""
        kind = MEDIA_TYPES[self.format].index
        entries: list[Json] = [_entry(one.manifest(), one.platform) for one in self.images]
        entries += [_attestation_entry(one) for one in self.images if self.attested]
        document: dict[str, Json] = {
            "schemaVersion": 2,
            "mediaType": kind,
            "manifests": entries,
            **annotated(self.annotations),
        }
        return Blob.of(kind, json_bytes(document))

    def blobs(self) -> list[Blob]:
        """Return the blobs of all images and attestations."""
        of_images = [blob for one in self.images for blob in one.blobs()]
        attestations = [blob for one in self.images if self.attested for blob in _statement(one)]
        return of_images + attestations

    def manifests(self) -> list[Blob]:
        """Return the images' manifests, the attestations', and the index last."""
        attestations = [_attestation(one) for one in self.images if self.attested]
        return [*(one.manifest() for one in self.images), *attestations, self.index()]


def _entry(manifest: Blob, platform: str, **more: Json) -> dict[str, Json]:
    return {**manifest.descriptor(), "platform": platform_fields(platform), **more}


def _attestation_entry(image: Image) -> dict[str, Json]:
    return _entry(
        _attestation(image),
        "unknown/unknown",
        annotations={
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": image.digest,
        },
    )


def _attestation(image: Image) -> Blob:
    statement, config = _statement(image)
    kind = MEDIA_TYPES["oci"].manifest
    document: dict[str, Json] = {
        "schemaVersion": 2,
        "mediaType": kind,
        "config": config.descriptor(),
        "layers": [statement.descriptor()],
    }
    return Blob.of(kind, json_bytes(document))


def _statement(image: Image) -> tuple[Blob, Blob]:
    """Return an in-toto statement about the image, and the configuration it is stored under."""
    predicate = "https://slsa.dev/provenance/v0.2"
    algorithm, value = image.digest.split(":")
    statement = Blob.of(
        _IN_TOTO,
        json_bytes(
            {
                "_type": "https://in-toto.io/Statement/v0.1",
                "predicateType": predicate,
                "subject": [{"name": "image", "digest": {algorithm: value}}],
                "predicate": {"builder": {"id": "workshop"}, "materials": []},
            }
        ),
        {"in-toto.io/predicate-type": predicate},
    )
    config = json_bytes(
        {
            **platform_fields("unknown/unknown"),
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [statement.digest]},
        }
    )
    return statement, Blob.of(MEDIA_TYPES["oci"].config, config)
