"""The sync document: what one pass did, in the keys that scripts rely on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.note import Note
from watcher.ports.store.passes import Failure
from watcher.report.times import stamp

Document = dict[str, object]

COUNTS = (
    "tags",
    "tags_changed",
    "images_new",
    "catalogued",
    "audited",
    "mismatching",
    "direct",
    "packages_distinct",
    "packages_matched",
    "matches_added",
    "matches_removed",
    "episodes_opened",
    "episodes_closed",
    "bumps_planned",
    "tickets_created",
    "tickets_updated",
    "tickets_closed",
    "registry_requests",
    "manifest_gets",
    "bytes_pulled",
    "trivy_runs",
)
SECONDS = ("knowledge", "inventory", "catalog", "match", "exposure", "bump", "ticket")


@dataclass(frozen=True, slots=True)
class Applied:
    """The knowledge in force after the pass, and whether the pass put it in force."""

    version: KnowledgeVersion | None
    java_db: str | None
    changed: bool


def document(
    at: datetime,
    applied: Applied,
    counts: Mapping[str, int],
    seconds: Mapping[str, float],
    failures: Iterable[Failure],
    notes: Iterable[Note] = (),
) -> Document:
    """Write a pass down; what no stage counted is 0, a stage that did not run took 0.0 seconds."""
    return {
        "schema": "watcher/sync/1",
        "at": stamp(at),
        "knowledge": {
            "db": applied.version.db_digest if applied.version else None,
            "java_db": applied.java_db,
            "effective_at": stamp(applied.version.effective_at) if applied.version else None,
            "changed": applied.changed,
        },
        "counts": {name: counts.get(name, 0) for name in COUNTS},
        "seconds": {name: float(seconds.get(name, 0.0)) for name in SECONDS},
        "failures": [
            {"stage": one.stage, "subject": one.subject, "error": one.error, "retry": one.retry}
            for one in failures
        ],
        "notes": [{"stage": one.stage, "subject": one.subject, "note": one.text} for one in notes],
    }
