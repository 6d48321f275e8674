"""What a repository of Artifact Registry holds, read from the rows of one listing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

from watcher.adapters.distribution.document import shown
from watcher.adapters.distribution.media_types import IMAGE_CONFIGS, INDEXES, MANIFESTS
from watcher.adapters.registries.artifact_registry.api import ImageRow, RepositoryRow
from watcher.domain.errors import PermanentError

_REPOSITORY = re.compile(r"projects/[^/]+/locations/[^/]+/repositories/([^/]+)")
# The last part is <image>@<digest>, with the image's slashes as %2F.
_IMAGE = re.compile(r"([^/]+)/dockerImages/(.+)@(sha256:[0-9a-f]{64})")
_SCHEMA_1 = frozenset(
    {
        "application/vnd.docker.distribution.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
    }
)
_MANIFESTS = MANIFESTS | INDEXES | _SCHEMA_1


@dataclass(slots=True)
class Held:
    """One image's name: its tags, each with the digests it was listed at and when they came in.

    `strangers` are tags of charts, signatures and the like.
    """

    tags: dict[str, dict[str, datetime | None]] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    is_image: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """All of a repository, by image name, and whether it came on one page: as of one moment."""

    held: Mapping[str, Held]
    at_once: bool

    @property
    def images(self) -> list[str]:
        """The names under which there is an image, tagged or not."""
        return sorted(name for name, one in self.held.items() if one.is_image)


def read_contents(resource: str, rows: Iterable[ImageRow], pages: int) -> Contents:
    """Gather the rows of a repository; raises PermanentError for one that says what it cannot."""
    held: dict[str, Held] = {}
    for row in rows:
        image, digest = _split(resource, row.name)
        one = held.setdefault(image, Held())
        if not _may_be_image(row):
            one.strangers.update(row.tags)
            continue
        one.is_image = True
        for tag in row.tags:
            one.tags.setdefault(tag, {})[digest] = row.uploaded_at
    return Contents(held, at_once=pages == 1)


def read_repository(parent: str, row: RepositoryRow) -> str:
    """A repository's id from its resource name."""
    found = _REPOSITORY.fullmatch(row.name)
    if found is None:
        raise PermanentError(f"{parent}: {shown(row.name)} is no repository's name; refused")
    return found[1]


def _split(resource: str, name: str) -> tuple[str, str]:
    """An image's name and digest; whatever cannot be read might be any image's, and is an error."""
    _, _, rest = name.partition("/repositories/")
    found = _IMAGE.fullmatch(rest)
    if found is None or found[1] != resource.rpartition("/")[2]:
        raise PermanentError(f"{resource}: {shown(name)} is no image's name there; refused")
    return unquote(found[2]), found[3]


def _may_be_image(row: ImageRow) -> bool:
    """Tell images from artifacts where that is said; in doubt it is an image, and looked at.

    `artifact_type` is what the manifest says, or its configuration's type; where a manifest has a
    subject and says nothing, it is the manifest's own type.
    """
    if row.media_type and row.media_type not in _MANIFESTS:
        return False
    return not row.artifact_type or row.artifact_type in IMAGE_CONFIGS | _MANIFESTS
