"""Knowledge: poll the databases' digests, and put a new one in force once it is supplied."""

from __future__ import annotations

from watcher.services.knowledge.outcome import KnowledgeOutcome
from watcher.services.knowledge.stage import KnowledgeStage
from watcher.services.supply import Sources

__all__ = ["KnowledgeOutcome", "KnowledgeStage", "Sources"]
