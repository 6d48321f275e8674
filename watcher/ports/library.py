"""Where databases of knowledge stand unpacked on disk, each beside the others."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from watcher.ports.scanner import KnowledgeFiles

Shelf = Literal["db", "java-db"]


class Library(Protocol):
    """The unpacked databases, named by the digest of the artifact they came in."""

    def has(self, shelf: Shelf, digest: str) -> bool:
        """Whether this database stands ready."""

    def refusal(self, digest: str) -> str | None:
        """Why this artifact was refused for good, None where it was not."""

    def refuse(self, digest: str, reason: str) -> None:
        """Remember that this artifact is unusable, so that it is not pulled again."""

    def receiving(self, digest: str) -> AbstractContextManager[Path]:
        """A path for the archive while it is pulled; removed afterwards whatever happens."""

    def unpack(self, shelf: Shelf, digest: str, archive: Path) -> None:
        """Put an archive on the shelf unpacked and whole, or raise and leave nothing."""

    def updated_at(self, shelf: Shelf, digest: str) -> datetime:
        """The time the database itself was last updated, as its metadata says."""

    def files(self, db: str, java_db: str | None) -> KnowledgeFiles:
        """The finished databases for a scanner; raises PermanentError where one is missing."""

    def standing(self, shelf: Shelf) -> list[str]:
        """The digests of the databases that stand ready, the last one that came first."""

    def drop(self, shelf: Shelf, digest: str) -> None:
        """Remove a database that turned out unusable, or that nobody needs; none is no error."""
