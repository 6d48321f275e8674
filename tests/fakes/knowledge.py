"""Databases of knowledge in memory: where they are offered, and where they stand unpacked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from watcher.domain.errors import NotFoundError, WatcherError
from watcher.domain.reference import ArtifactReference
from watcher.ports.artifacts import ArtifactLayer
from watcher.ports.library import Shelf
from watcher.ports.scanner import KnowledgeFiles


class FakeArtifacts:
    """Signs the Artifacts port: one digest on offer, or an error."""

    def __init__(self) -> None:
        self.offered: str | None = None
        self.failure: WatcherError | None = None
        self.pulls = 0

    def poll(self, reference: ArtifactReference) -> str:
        """Tell the digest on offer."""
        if self.failure is not None:
            raise self.failure
        if self.offered is None:
            raise NotFoundError(f"{reference} is not there")
        return self.offered

    def layer(self, reference: ArtifactReference, digest: str) -> ArtifactLayer:
        """Describe the layer of what is on offer."""
        if digest != self.offered:
            raise NotFoundError(f"{reference} has no {digest}")
        return ArtifactLayer(digest, 1, "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip")

    def pull(self, reference: ArtifactReference, layer: ArtifactLayer, to: Path) -> None:
        """Count that it was pulled."""
        del reference, layer, to
        self.pulls += 1


class FakeLibrary:
    """Signs the Library port: every database stands ready once it was unpacked."""

    def __init__(self) -> None:
        self.updated: dict[str, datetime] = {}
        self._shelves: dict[tuple[Shelf, str], None] = {}
        self._refused: dict[str, str] = {}

    def folder(self, digest: str) -> KnowledgeFiles:
        """Name the database of a digest as `files` would."""
        return KnowledgeFiles(Path("/knowledge") / digest.removeprefix("sha256:"))

    def has(self, shelf: Shelf, digest: str) -> bool:
        """Whether it was unpacked."""
        return (shelf, digest) in self._shelves

    def refusal(self, digest: str) -> str | None:
        """Why it was refused."""
        return self._refused.get(digest)

    def refuse(self, digest: str, reason: str) -> None:
        """Remember a refusal."""
        self._refused[digest] = reason

    @contextmanager
    def receiving(self, digest: str) -> Iterator[Path]:
        """Name a place that nobody writes to."""
        yield Path("/receiving") / digest

    def unpack(self, shelf: Shelf, digest: str, archive: Path) -> None:
        """Let it stand ready."""
        del archive
        self._shelves[shelf, digest] = None

    def updated_at(self, shelf: Shelf, digest: str) -> datetime:
        """The time the test gave it."""
        del shelf
        return self.updated[digest]

    def files(self, db: str, java_db: str | None) -> KnowledgeFiles:
        """Name the folders."""
        del java_db
        return self.folder(db)

    def standing(self, shelf: Shelf) -> list[str]:
        """What was unpacked, the last one first."""
        return [digest for on, digest in reversed(self._shelves) if on == shelf]

    def drop(self, shelf: Shelf, digest: str) -> None:
        """Take it away again."""
        self._shelves.pop((shelf, digest), None)
