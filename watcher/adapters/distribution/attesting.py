"""What is attached to an image: beside it in its index, as referrers, under cosign's tag."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

from watcher.adapters.distribution.client import Distribution
from watcher.adapters.distribution.manifest import (
    Descriptor,
    ImageDocument,
    IndexDocument,
    parse_manifest,
    parse_referrers,
)
from watcher.adapters.distribution.statement import STATEMENTS, Place, parse_statement
from watcher.domain.errors import NotFoundError, PermanentError
from watcher.ports.registry import Attached

_MOST: Final = 50  # manifests, and layers of each, that are looked into for one image
_LARGEST: Final = 16 * 1024 * 1024  # bytes of one statement
# What manifests call themselves that hold statements; SBOMs and signatures are left alone.
_WANTED: Final = (*STATEMENTS, "application/vnd.docker.attestation.manifest.v1+json")


class Attesting:
    """Statements about images of one registry, as the port describes them."""

    def __init__(self, client: Distribution) -> None:
        self._client = client

    def attestations(
        self, path: str, digest: str, beside: Collection[str], *, attached: bool
    ) -> list[Attached]:
        """Fetch what is said of a digest; raises where any of it could not be had.

        What is no statement is none of ours, and says nothing.
        """
        found = [one for each in beside for one in self._inside(path, each, digest, "index")]
        if attached:
            for each in self._referrers(path, digest):
                found += self._inside(path, each, digest, "referrer")
            found += self._tagged(path, digest)
        unique = {(one.sha256, one.predicate_type): one for one in found}
        return list(unique.values())

    def _referrers(self, path: str, digest: str) -> Iterator[str]:
        """The digests of manifests that refer to an image, by the API or its fallback tag.

        https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers
        """
        body = self._client.referrers(path, digest)
        if body is None:
            return
        told = parse_referrers(f"{path}: the referrers of {digest}", body)
        wanted = (
            one.digest
            for one in told
            if not one.artifact_type or one.artifact_type.startswith(_WANTED)
        )
        yield from islice(wanted, _MOST)

    def _tagged(self, path: str, digest: str) -> list[Attached]:
        """What cosign attached before it used referrers, under a tag made of the digest."""
        tag = f"{digest.replace(':', '-')}.att"
        try:
            body = self._client.tagged(path, tag)
        except NotFoundError:
            return []
        document = parse_manifest(f"{path}:{tag}", body)
        return list(self._of(path, document, digest, "tag"))

    def _inside(self, path: str, manifest: str, digest: str, place: Place) -> list[Attached]:
        try:
            body = self._client.manifest(path, manifest)
        except NotFoundError:
            return []  # listed and deleted since
        document = parse_manifest(f"{path}@{manifest}", body)
        return list(self._of(path, document, digest, place))

    def _of(
        self, path: str, document: ImageDocument | IndexDocument, digest: str, place: Place
    ) -> Iterator[Attached]:
        if isinstance(document, IndexDocument):
            return
        layers = (one for one in document.layers if one.media_type.startswith(STATEMENTS))
        for layer in islice(layers, _MOST):
            one = self._statement(path, layer, digest, place)
            if one is not None:
                yield one

    def _statement(
        self, path: str, layer: Descriptor, digest: str, place: Place
    ) -> Attached | None:
        what = f"{path}: the attestation {layer.digest} of {digest}"
        if layer.size > _LARGEST:
            raise PermanentError(f"{what} has {layer.size} bytes; {_LARGEST} are allowed")
        return parse_statement(what, self._client.blob(path, layer, _LARGEST), digest, place)
