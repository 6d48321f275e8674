"""What can be done wherever there is a scanner and knowledge: on no database, from no record.

Tasks are values that may be written down and sent to another machine, as may their results.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from watcher.domain.package import Catalogue, Finding, Package


@dataclass(frozen=True, slots=True)
class Wanted:
    """Under what a task is to be done: the scanner's version, and databases by their digests."""

    scanner: str
    db: str
    java_db: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogTask:
    """List the packages of one image, named by its registry, path and digest.

    `shared` allows to take over what was found in the same layers of other images.
    """

    registry: str
    path: str
    digest: str
    under: Wanted
    shared: bool = False


@dataclass(frozen=True, slots=True)
class MatchTask:
    """Match packages of one context; each is named by its number."""

    context: str
    packages: Sequence[tuple[int, Package]]
    under: Wanted


class Crew(Protocol):
    """Does tasks, in any thread or process. Raises TransientError and PermanentError only."""

    def catalog(self, task: CatalogTask) -> Catalogue:
        """Pull an image and list its packages, with the scanner's own findings on it."""

    def match(self, task: MatchTask) -> list[tuple[int, Finding]]:
        """Match packages without pulling anything: complete, or an error; by their numbers."""
