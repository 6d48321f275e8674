"""What a pass is asked for, stage by stage, and what it did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from watcher.domain.knowledge import KnowledgeVersion
from watcher.ports.store.passes import Failure

Stage = Literal["knowledge", "inventory", "catalog", "match", "exposure", "bump", "ticket"]
STAGES: tuple[Stage, ...] = (
    "knowledge",
    "inventory",
    "catalog",
    "match",
    "exposure",
    "bump",
    "ticket",
)


@dataclass(slots=True)
class PassReport:
    """What a pass did: counts and seconds by the names of the sync document, and its failures."""

    at: datetime
    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    knowledge: KnowledgeVersion | None = None
    knowledge_changed: bool = False
    java_db: str | None = None
