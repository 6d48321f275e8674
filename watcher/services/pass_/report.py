"""What a pass is asked for, stage by stage, and what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.note import Note
from watcher.ports.store.passes import Failure
from watcher.services.audit import AuditOutcome

Stage = Literal["knowledge", "inventory", "catalog", "match", "audit", "exposure", "bump", "ticket"]
# Those of every pass; an audit is made where one is asked for.
STAGES: tuple[Stage, ...] = (
    "knowledge",
    "inventory",
    "catalog",
    "match",
    "exposure",
    "bump",
    "ticket",
)
ORDER: tuple[Stage, ...] = (*STAGES[:4], "audit", *STAGES[4:])
_LOOK = "look"


def looked(stages: Sequence[Stage]) -> list[str]:
    """Stages as they are recorded of a pass that looked at some places alone.

    It took no inventory: who asks when all was last listed, or seen anew under changed rules, is
    not to find it.
    """
    return [_LOOK if one == "inventory" else one for one in stages]


@dataclass(slots=True)
class PassReport:
    """What a pass did: counts and seconds by the names of the sync document, failures, notes."""

    at: datetime
    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    knowledge: KnowledgeVersion | None = None
    knowledge_changed: bool = False
    java_db: str | None = None
    audit: AuditOutcome | None = None
    notes: list[Note] = field(default_factory=list)
    number: int | None = None  # of the pass, once it came to its end
