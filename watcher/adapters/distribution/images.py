"""Images in a registry: from a tag's digest to what each platform's image says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.adapters.distribution.client import Distribution
from watcher.adapters.distribution.config import parse_config
from watcher.adapters.distribution.document import shown
from watcher.adapters.distribution.manifest import (
    ImageDocument,
    IndexDocument,
    IndexEntry,
    parse_manifest,
)
from watcher.adapters.distribution.recent import Recent
from watcher.domain.errors import NotFoundError, PermanentError
from watcher.ports.registry import ImageConfig, Manifest, ManifestPlatform

_RECENT_BYTES = 32 * 1024 * 1024
_MOST_LOOKED_INTO = 100  # entries of an index that name no platform, or are indexes themselves


class Images:
    """Manifests and configurations of one registry, as the port describes them."""

    def __init__(self, client: Distribution) -> None:
        self._client = client
        self._recent: Recent[ImageConfig] = Recent(_RECENT_BYTES)

    def manifest(self, path: str, digest: str) -> Manifest:
        """Fetch what a digest stands for; raises PermanentError where it is no image."""
        document = self._document(path, digest)
        if isinstance(document, ImageDocument):
            image = self._describe(path, digest, document)
            found = [ManifestPlatform(image.platform, digest)]
        else:
            found = list(self._listed(path, digest, document))
        if not found:
            raise PermanentError(f"{path}@{digest} is not an image: an index without any image")
        # A platform listed twice (Windows, by its version) is the first one, as clients pull it.
        unique = {entry.platform: entry for entry in reversed(found)}
        platforms = tuple(entry for entry in found if unique[entry.platform] is entry)
        return Manifest(digest, document.media_type, platforms, document.annotations)

    def image(self, path: str, digest: str) -> ImageConfig:
        """Fetch one platform's manifest and configuration, both verified by their digests."""
        recent = self._recent.get(path, digest)
        if recent is not None:
            return recent
        document = self._document(path, digest)
        if isinstance(document, IndexDocument):
            raise PermanentError(f"{path}@{digest} is an index, not one platform's image")
        return self._describe(path, digest, document)

    def _document(self, path: str, digest: str) -> ImageDocument | IndexDocument:
        return parse_manifest(f"{path}@{digest}", self._client.manifest(path, digest))

    def _describe(self, path: str, digest: str, document: ImageDocument) -> ImageConfig:
        if document.stranger is not None:
            raise PermanentError(f"{path}@{digest} is not an image: {shown(document.stranger)}")
        body = self._client.config(path, document.config)
        config = parse_config(f"{path}@{digest}: its configuration", body)
        image = ImageConfig(
            digest=digest,
            platform=config.platform,
            created=config.created,
            diff_ids=config.diff_ids,
            layers=tuple(layer.digest for layer in document.layers),
            layer_bytes=sum(layer.size for layer in document.layers),
            labels=config.labels,
            annotations=document.annotations,
        )
        self._recent.keep(path, digest, image, len(body))
        return image

    def _listed(self, path: str, digest: str, index: IndexDocument) -> Iterator[ManifestPlatform]:
        looked_into = [entry for entry in index.entries if entry.nested or entry.platform is None]
        if len(looked_into) > _MOST_LOOKED_INTO:
            raise PermanentError(
                f"{path}@{digest}: {len(looked_into)} entries of this index name no platform;"
                f" {_MOST_LOOKED_INTO} are looked into at most"
            )
        for entry in index.entries:
            if entry.nested:
                yield from self._nested(path, digest, entry)
            elif entry.platform is None:
                image = self._inside(path, digest, entry)
                yield ManifestPlatform(image.platform, image.digest)
            else:
                yield ManifestPlatform(entry.platform, entry.descriptor.digest)

    def _nested(self, path: str, digest: str, entry: IndexEntry) -> Iterator[ManifestPlatform]:
        inner = self._lookup(path, digest, entry)
        if isinstance(inner, ImageDocument) or any(one.nested for one in inner.entries):
            raise PermanentError(f"{path}@{digest}: its indexes are nested deeper than two levels")
        yield from self._listed(path, entry.descriptor.digest, inner)

    def _inside(self, path: str, digest: str, entry: IndexEntry) -> ImageConfig:
        inner = self._lookup(path, digest, entry)
        if isinstance(inner, IndexDocument):
            raise PermanentError(f"{path}@{digest}: an entry is an index, and says it is not")
        return self._describe(path, entry.descriptor.digest, inner)

    def _lookup(self, path: str, digest: str, entry: IndexEntry) -> ImageDocument | IndexDocument:
        try:
            return self._document(path, entry.descriptor.digest)
        except NotFoundError:
            raise PermanentError(
                f"{path}@{digest} lists {entry.descriptor.digest}, which the registry has not"
            ) from None
