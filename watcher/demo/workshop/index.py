"""Indexes: one tag over the images of several platforms, with their attestations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from watcher.demo.workshop.blobs import Blob, Json, annotated, json_bytes
from watcher.demo.workshop.image import MEDIA_TYPES, Format, Image, platform_fields

PROVENANCE = "https://slsa.dev/provenance/v0.2"
_METADATA = "https://mobyproject.org/buildkit@v1#metadata"
_IN_TOTO = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True)
class Material:
    """An image that a build used; `layers`, as stored, where BuildKit tells of every step."""

    name: str
    digest: str
    layers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Index:
    """Images of different platforms under one digest.

    With `attested` each has a provenance attestation beside it as BuildKit writes them: a
    manifest of the platform unknown/unknown, which is no image. `materials` are the images that it
    lists, of whichever stage.
    """

    images: Sequence[Image]
    attested: bool = False
    materials: Sequence[Material] = ()
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
        entries += [self._attestation_entry(one) for one in self.images if self.attested]
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
        attestations = [
            blob for one in self.images if self.attested for blob in self.statement(one)
        ]
        return of_images + attestations

    def manifests(self) -> list[Blob]:
        """Return the images' manifests, the attestations', and the index last."""
        attestations = [self.attestation(one) for one in self.images if self.attested]
        return [*(one.manifest() for one in self.images), *attestations, self.index()]

    def attestation(self, image: Image) -> Blob:
        """Return the manifest of what is attested of an image."""
        statement, config = self.statement(image)
        kind = MEDIA_TYPES["oci"].manifest
        document: dict[str, Json] = {
            "schemaVersion": 2,
            "mediaType": kind,
            "config": config.descriptor(),
            "layers": [statement.descriptor()],
        }
        return Blob.of(kind, json_bytes(document))

    def statement(self, image: Image) -> tuple[Blob, Blob]:
        """Return an in-toto statement about an image, and the configuration it is stored under."""
        content = json_bytes(in_toto(image.digest, PROVENANCE, provenance(self.materials)))
        statement = Blob.of(_IN_TOTO, content, {"in-toto.io/predicate-type": PROVENANCE})
        config = json_bytes(
            {
                **platform_fields("unknown/unknown"),
                "config": {},
                "rootfs": {"type": "layers", "diff_ids": [statement.digest]},
            }
        )
        return statement, Blob.of(MEDIA_TYPES["oci"].config, config)

    def _attestation_entry(self, image: Image) -> dict[str, Json]:
        return _entry(
            self.attestation(image),
            "unknown/unknown",
            annotations={
                "vnd.docker.reference.type": "attestation-manifest",
                "vnd.docker.reference.digest": image.digest,
            },
        )


def in_toto(subject: str, predicate_type: str, predicate: Json) -> dict[str, Json]:
    """Return a statement about a digest."""
    algorithm, value = subject.split(":")
    return {
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": predicate_type,
        "subject": [{"name": "image", "digest": {algorithm: value}}],
        "predicate": predicate,
    }


def provenance(materials: Sequence[Material]) -> dict[str, Json]:
    """Return what BuildKit says of a build: every image it used, and what it found in some."""
    steps: list[Json] = [
        {
            "id": f"step{number}",
            "op": {"Op": {"source": {"identifier": f"docker-image://{one.name}@{one.digest}"}}},
        }
        for number, one in enumerate(materials)
    ]
    layers: dict[str, Json] = {
        f"step{number}:0": [[{"digest": digest} for digest in one.layers]]
        for number, one in enumerate(materials)
        if one.layers
    }
    return {
        "builder": {"id": "workshop"},
        "buildConfig": {"llbDefinition": steps},
        "materials": [
            {"uri": f"pkg:docker/{_purl(one.name)}", "digest": {"sha256": one.digest[7:]}}
            for one in materials
        ],
        "metadata": {_METADATA: {"layers": layers}},
    }


def _purl(name: str) -> str:
    path, _, tag = name.rpartition(":")
    return f"{path}@{tag}?platform=linux%2Famd64" if "/" not in tag and path else name


def _entry(manifest: Blob, platform: str, **more: Json) -> dict[str, Json]:
    return {**manifest.descriptor(), "platform": platform_fields(platform), **more}
