"""Manifests and indexes as registries store them, parsed from bytes whose digest was verified."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from watcher.adapters.distribution.document import Document, shown
from watcher.adapters.distribution.media_types import (
    IMAGE_CONFIGS,
    IMAGE_LAYERS,
    INDEXES,
    MANIFESTS,
    OCI_INDEX,
    OCI_MANIFEST,
)
from watcher.domain.errors import PermanentError
from watcher.domain.reference import Platform, is_digest

_SCHEMA = 2
_PLATFORM = re.compile(r"[A-Za-z0-9._-]{0,64}")
# BuildKit marks its attestations so; their platform is unknown/unknown besides.
_ATTESTS = "vnd.docker.reference.type"
_ATTESTED = "vnd.docker.reference.digest"
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What names a blob or manifest: digest, size in bytes, and what it claims to be."""

    media_type: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """An image an index lists; without a platform its configuration tells."""

    descriptor: Descriptor
    platform: Platform | None

    @property
    def nested(self) -> bool:
        """Whether the entry is an index itself."""
        return self.descriptor.media_type in INDEXES


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """A list of images of several platforms; attestations and artifacts are apart from them."""

    media_type: str
    entries: tuple[IndexEntry, ...]
    annotations: Mapping[str, str]
    attestations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by image


@dataclass(frozen=True, slots=True)
class ImageDocument:
    """A manifest: a configuration and layers, of an image or of any other artifact."""

    media_type: str
    artifact_type: str
    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: Mapping[str, str]

    @property
    def stranger(self) -> str | None:
        """What makes this manifest no image: a media type; None where it is one."""
        if self.config.media_type not in IMAGE_CONFIGS:
            return self.artifact_type or self.config.media_type
        # Signatures and attestations come with an image's configuration type.
        types = [layer.media_type for layer in self.layers]
        if types and not any(kind.startswith(IMAGE_LAYERS) for kind in types):
            return types[0]
        return None


def parse_manifest(what: str, body: bytes) -> ImageDocument | IndexDocument:
    """Parse a manifest or an index; `what` names it in errors.

    Raises PermanentError where it is neither, or Docker's schema 1. Only the verified bytes count:
    the Content-Type it came with is not among them.
    """
    document = Document.read(what, body)
    if document.fields.get("schemaVersion") == 1:
        raise PermanentError(f"{what} is of Docker's schema 1, given up in 2015; push it again")
    if document.fields.get("schemaVersion") != _SCHEMA:
        document.wrong("schemaVersion", "2")
    media_type = _media_type(document)
    return (_index if media_type in INDEXES else _image)(document, media_type)


def _media_type(document: Document) -> str:
    lists, describes = document.has("manifests"), document.has("config") or document.has("layers")
    if lists == describes:
        # CVE-2021-41190: one digest that is an index to some and a manifest to others.
        raise PermanentError(f"{document.what} is neither a manifest nor an index; push it again")
    media_type = document.text("mediaType") or (OCI_INDEX if lists else OCI_MANIFEST)
    if media_type not in (INDEXES if lists else MANIFESTS):
        document.wrong("mediaType", "that of an index" if lists else "that of a manifest")
    return media_type


def _index(document: Document, media_type: str) -> IndexDocument:
    listed = [_entry(child) for child in document.children("manifests")]
    entries = tuple(entry for entry in listed if entry is not None)
    annotations = document.mapping("annotations")
    return IndexDocument(media_type, entries, annotations, _attestations(document))


def _attestations(document: Document) -> dict[str, tuple[str, ...]]:
    """The manifests that attest something of an image, by its digest, as BuildKit lists them."""
    found: dict[str, tuple[str, ...]] = {}
    for child in document.children("manifests"):
        told = child.mapping("annotations")
        if told.get(_ATTESTS) == "attestation-manifest" and is_digest(told.get(_ATTESTED, "")):
            subject = told[_ATTESTED]
            found[subject] = (*found.get(subject, ()), child.digest("digest"))
    return found


@dataclass(frozen=True, slots=True)
class Referrer:
    """A manifest that refers to another one, and what it says that it is."""

    digest: str
    artifact_type: str


def parse_referrers(what: str, body: bytes) -> list[Referrer]:
    """Parse the list of what refers to a manifest; raises PermanentError where it is none."""
    document = Document.read(what, body)
    return [
        Referrer(child.digest("digest"), child.text("artifactType"))
        for child in document.children("manifests")
    ]


def _entry(document: Document) -> IndexEntry | None:
    descriptor = _descriptor(document)
    artifact_type = document.text("artifactType")
    image = descriptor.media_type in MANIFESTS | INDEXES
    if not image or (artifact_type and artifact_type not in IMAGE_CONFIGS):
        return None
    platform = document.child("platform")
    if _ATTESTS in document.mapping("annotations") or platform.text("os") == _UNKNOWN:
        return None
    return IndexEntry(descriptor, parse_platform(platform))


def _image(document: Document, media_type: str) -> ImageDocument:
    if not document.has("config"):
        document.wrong("config", "a descriptor")
    return ImageDocument(
        media_type=media_type,
        artifact_type=document.text("artifactType"),
        config=_descriptor(document.child("config")),
        layers=tuple(_descriptor(child) for child in document.children("layers")),
        annotations=document.mapping("annotations"),
    )


def _descriptor(document: Document) -> Descriptor:
    media_type = document.text("mediaType")
    return Descriptor(media_type, document.digest("digest"), document.size("size"))


def parse_platform(document: Document) -> Platform | None:
    """Read os, architecture and variant; None where one of the first two is missing."""
    parts = [document.text(name) for name in ("os", "architecture", "variant")]
    if not all(parts[:2]):
        return None
    if not all(map(_PLATFORM.fullmatch, parts)):
        raise PermanentError(f"{document.what}: {shown('/'.join(parts))} is no platform")
    return Platform(*parts)
