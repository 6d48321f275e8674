"""Images in a registry: from a tag's digest to what each platform's image says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

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

_EXCLUDE = "exclude its tag or its repository"
_RECENT_BYTES = 32 * 1024 * 1024
_MOST_LOOKUPS = 100  # entries of an index that name no platform, or are indexes themselves


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
            attested: Mapping[str, tuple[str, ...]] = {}
        else:
            attested = document.attestations
            found = list(self._listed(_Place(path, digest), document))
        if not found:
            raise PermanentError(
                f"{path}@{digest} is not an image: an index without any image; {_EXCLUDE}"
            )
        # A platform listed twice (Windows, by its version) is the first one, as clients pull it.
        unique = {entry.platform: entry for entry in reversed(found)}
        platforms = tuple(entry for entry in found if unique[entry.platform] is entry)
        return Manifest(digest, document.media_type, platforms, document.annotations, attested)

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
            raise PermanentError(
                f"{path}@{digest} is not an image: {shown(document.stranger)}; {_EXCLUDE}"
            )
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

    def _listed(self, at: _Place, index: IndexDocument) -> Iterator[ManifestPlatform]:
        for entry in index.entries:
            if entry.nested:
                yield from self._nested(at, entry)
            elif entry.platform is None:
                image = self._inside(at, entry)
                yield ManifestPlatform(image.platform, image.digest)
            else:
                yield ManifestPlatform(entry.platform, entry.descriptor.digest)

    def _nested(self, at: _Place, entry: IndexEntry) -> Iterator[ManifestPlatform]:
        inner = self._lookup(at, entry)
        if isinstance(inner, ImageDocument) or any(one.nested for one in inner.entries):
            raise PermanentError(f"{at}: its indexes are nested deeper than two levels")
        yield from self._listed(at, inner)

    def _inside(self, at: _Place, entry: IndexEntry) -> ImageConfig:
        inner = self._lookup(at, entry)
        if isinstance(inner, IndexDocument):
            raise PermanentError(f"{at}: an entry is an index, and says it is not")
        return self._describe(at.path, entry.descriptor.digest, inner)

    def _lookup(self, at: _Place, entry: IndexEntry) -> ImageDocument | IndexDocument:
        if next(at.lookups, None) is None:
            raise PermanentError(f"{at}: {_MOST_LOOKUPS} entries are looked into at most; refused")
        digest = entry.descriptor.digest
        try:
            return self._document(at.path, digest)
        except NotFoundError:
            raise PermanentError(f"{at} lists {digest}, which the registry has not") from None


@dataclass(frozen=True, slots=True)
class _Place:
    """An index that is being read, and the lookups it may still cost."""

    path: str
    digest: str
    lookups: Iterator[int] = field(default_factory=lambda: iter(range(_MOST_LOOKUPS)))

    def __str__(self) -> str:
        return f"{self.path}@{self.digest}"
