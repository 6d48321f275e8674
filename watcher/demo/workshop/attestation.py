"""Statements attached to images, as cosign and builders leave them in registries."""

from __future__ import annotations

import base64

from watcher.demo.workshop.artifact import Artifact
from watcher.demo.workshop.blobs import Blob, Json, json_bytes
from watcher.demo.workshop.image import MEDIA_TYPES, Image
from watcher.demo.workshop.index import Index, in_toto

_IN_TOTO = "application/vnd.in-toto+json"
_DSSE = "application/vnd.dsse.envelope.v1+json"
_BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_EMPTY = "application/vnd.oci.empty.v1+json"


def cosigned(digest: str, predicate_type: str, predicate: Json) -> tuple[str, Artifact]:
    """Return the tag and the artifact that cosign's second version leaves beside an image."""
    envelope = _envelope(digest, predicate_type, predicate)
    config = Blob.of(MEDIA_TYPES["oci"].config, json_bytes({"rootfs": {"type": "layers"}}))
    layer = Blob.of(_DSSE, json_bytes(envelope), {"predicateType": predicate_type})
    return digest.replace(":", "-") + ".att", Artifact(config, (layer,))


def bundled(subject: Image | Index, predicate_type: str, predicate: Json) -> Artifact:
    """Return a referrer with a bundle, as cosign's third version attaches one."""
    bundle: dict[str, Json] = {
        "mediaType": _BUNDLE,
        "dsseEnvelope": _envelope(subject.digest, predicate_type, predicate),
    }
    return _referring(subject, _BUNDLE, Blob.of(_BUNDLE, json_bytes(bundle)))


def stated(subject: Image | Index, predicate_type: str, predicate: Json) -> Artifact:
    """Return a referrer with a bare statement, which nobody signed."""
    content = json_bytes(in_toto(subject.digest, predicate_type, predicate))
    return _referring(subject, _IN_TOTO, Blob.of(_IN_TOTO, content))


def _referring(subject: Image | Index, kind: str, layer: Blob) -> Artifact:
    manifest = subject.index() if isinstance(subject, Index) else subject.manifest()
    config = Blob.of(_EMPTY, b"{}")
    return Artifact(config, (layer,), artifact_type=kind, subject=manifest.descriptor())


def _envelope(digest: str, predicate_type: str, predicate: Json) -> dict[str, Json]:
    statement = json_bytes(in_toto(digest, predicate_type, predicate))
    return {
        "payloadType": _IN_TOTO,
        "payload": base64.b64encode(statement).decode(),
        "signatures": [{"keyid": "", "sig": "bm9ib2R5IHZlcmlmaWVzIHRoaXM="}],
    }
