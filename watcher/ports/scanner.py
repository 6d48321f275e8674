"""A scanner: lists an image's packages once, and matches packages with knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from watcher.domain.package import Catalogue, Finding, Package
from watcher.ports.registry import PullAccess


@dataclass(frozen=True, slots=True)
class KnowledgeFiles:
    """Finished databases on disk, each a folder with the database and its metadata.json."""

    db: Path
    java_db: Path | None = None


class Scanner(Protocol):
    """A scanner binary, for several threads. Raises TransientError and PermanentError only."""

    @property
    def version(self) -> str:
        """The version that this binary says it is."""

    @property
    def runs(self) -> int:
        """How often the binary was started to catalogue or match since the adapter was built."""

    def catalog(
        self, access: PullAccess, knowledge: KnowledgeFiles, *, shared: bool = False
    ) -> Catalogue:
        """Pull an image and list its packages, with the scanner's own findings on it.

        `shared` lets it take over what was found in the same layers of other images: that is
        faster, and believes that layers are what images call them.
        """

    def match(
        self, context: str, packages: Sequence[Package], knowledge: KnowledgeFiles
    ) -> list[Finding]:
        """Match packages of one context without pulling anything; complete, or an error."""

    def check(self, knowledge: KnowledgeFiles) -> None:
        """Make sure that the scanner can read the database; raises PermanentError otherwise."""
