"""What a location holds: repositories, images by digest, their tags and their bytes."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from watcher.demo.workshop.blobs import Blob, Pushable

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
_IMAGE_CONFIGS = ("vnd.oci.image.config", "vnd.docker.container.image")


@dataclass(slots=True)
class Stored:
    """An image of a repository: one digest under one name."""

    image: str
    digest: str
    media_type: str
    artifact_type: str = ""
    uploaded_at: datetime = NOON
    tags: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The last part of its resource name."""
        return f"{quote(self.image, safe='')}@{self.digest}"


@dataclass(slots=True)
class StoredRepository:
    """A repository with its rows by name."""

    id: str
    format: str = "DOCKER"
    mode: str = "STANDARD_REPOSITORY"
    rows: dict[str, Stored] = field(default_factory=dict)


class Store:
    """A project's location. `turned` runs after each page given, with its number from 1 on."""

    def __init__(self, project: str = "acme", location: str = "europe") -> None:
        self.project = project
        self.location = location
        self.repositories: dict[str, StoredRepository] = {}
        self.bytes: dict[tuple[str, str], Blob] = {}  # by the path under /v2/, and digest
        self.turned: Callable[[int], object] = lambda _: None
        self.lock = threading.RLock()

    @property
    def parent(self) -> str:
        """The location's resource name."""
        return f"projects/{self.project}/locations/{self.location}"

    def add(self, repository: str, *, format: str = "DOCKER", mode: str = "STANDARD") -> None:  # noqa: A002
        """Make an empty repository."""
        self.repositories[repository] = StoredRepository(repository, format, f"{mode}_REPOSITORY")

    def push(self, path: str, tag: str, content: Pushable, at: datetime = NOON) -> str:
        """Push as docker does: blobs, manifests, the tag on the last one; returns its digest."""
        repository, _, image = path.partition("/")
        where = f"{self.project.replace(':', '/')}/{path}"
        for blob in (*content.blobs(), *content.manifests()):
            self.bytes[where, blob.digest] = blob
        for manifest in content.manifests():
            row = Stored(image, manifest.digest, manifest.media_type, _artifact_type(manifest), at)
            self.put(repository, row)
        self.tag(path, tag, manifest.digest)
        return manifest.digest

    def put(self, repository: str, row: Stored) -> None:
        """Store a row unless it is there."""
        with self.lock:
            if repository not in self.repositories:
                self.add(repository)
            self.repositories[repository].rows.setdefault(row.name, row)

    def tag(self, path: str, tag: str, digest: str) -> None:
        """Point a tag at a digest, away from where it pointed."""
        repository, _, image = path.partition("/")
        with self.lock:
            self.untag(path, tag)
            self.repositories[repository].rows[f"{quote(image, safe='')}@{digest}"].tags.add(tag)

    def untag(self, path: str, tag: str) -> None:
        """Take a tag away; its image stays."""
        for row in self._rows(path):
            row.tags.discard(tag)

    def tagged(self, path: str, tag: str) -> str | None:
        """The digest behind a tag."""
        return next((row.digest for row in self._rows(path) if tag in row.tags), None)

    def page(self, names: list[str], size: int, token: str) -> tuple[list[str], str]:
        """The names after the one that a token stands for, and the token for what follows."""
        after = json.loads(base64.urlsafe_b64decode(token)) if token else ""
        left = sorted(name for name in names if name > after)
        count = min(size or 100, 1000)
        more = len(left) > count
        shown = left[:count]
        following = (
            base64.urlsafe_b64encode(json.dumps(shown[-1]).encode()).decode() if more else ""
        )
        return shown, following

    def _rows(self, path: str) -> list[Stored]:
        repository, _, image = path.partition("/")
        found = self.repositories.get(repository)
        return [row for row in found.rows.values() if row.image == image] if found else []


def _artifact_type(manifest: Blob) -> str:
    document = json.loads(manifest.content)
    config = str(document.get("config", {}).get("mediaType", ""))
    kind = str(document.get("artifactType", config))
    return "" if any(one in kind for one in _IMAGE_CONFIGS) else kind
