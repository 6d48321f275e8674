"""What the knowledge stage found."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.domain.knowledge import KnowledgeVersion
from watcher.services.outcome import Outcome


@dataclass(slots=True)
class KnowledgeOutcome(Outcome):
    """What the stage found: the version in force, and whether it is new."""

    current: KnowledgeVersion | None = None
    java_db: str | None = None
    changed: bool = False
    covered: tuple[int, ...] = ()
