"""What a registry stores: bytes under the digest of those bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | bool | None"


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes with their media type; annotations belong to the descriptor that names them."""

    media_type: str
    content: bytes = field(repr=False)
    digest: str
    annotations: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, media_type: str, content: bytes, annotations: Mapping[str, str] | None = None
    ) -> Blob:
        """Take bytes and compute their digest, `sha256:<hex>`."""
        return cls(media_type, content, digest_of(content), annotations or {})

    def descriptor(self) -> dict[str, Json]:
        """Return the blob's entry in a manifest, after the OCI image specification."""
        return {
            "mediaType": self.media_type,
            "digest": self.digest,
            "size": len(self.content),
            **annotated(self.annotations),
        }


class Pushable(Protocol):
    """Anything that a registry can hold under a tag."""

    def blobs(self) -> list[Blob]:
        """Return configurations and layers: all that must be there before the manifests."""

    def manifests(self) -> list[Blob]:
        """Return manifests in the order of pushing; the last one is what a tag points to."""


def digest_of(content: bytes) -> str:
    """Return `sha256:<hex>` of the bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def json_bytes(document: Json) -> bytes:
    """Encode a document so that equal documents have equal bytes."""
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()


def annotated(annotations: Mapping[str, str]) -> dict[str, Json]:
    """Return the `annotations` member, left out where there are none."""
    return {"annotations": dict(annotations)} if annotations else {}
