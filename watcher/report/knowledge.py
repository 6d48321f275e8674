"""The knowledge document: every version ever in force, and what each one changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from watcher.ports.store.views import TERMS, KnowledgeDelta, MatchChange, MatchChanges
from watcher.report.times import stamp

Document = dict[str, object]


def document(as_of: datetime, versions: Sequence[KnowledgeDelta]) -> Document:
    """Write versions down, oldest first; the last one is in force."""
    return {
        "schema": "watcher/knowledge/1",
        "as_of": stamp(as_of),
        "knowledge": [
            _version(one, in_force=number == len(versions))
            for number, one in enumerate(versions, 1)
        ],
    }


def _version(one: KnowledgeDelta, *, in_force: bool) -> Document:
    return {
        "db": one.db_digest,
        "scanner": one.scanner,
        "source": one.source,
        "updated_at": stamp(one.updated_at),
        "seen_at": stamp(one.seen_at),
        "applied_at": stamp(one.applied_at),
        "effective_at": stamp(one.effective_at),
        "in_force": in_force,
        "matches_added": one.added,
        "matches_removed": one.removed,
        "first_matches": one.first_matched,
        "contexts_matched": one.contexts,
        "reason": one.reason,
        "images_listed_again": one.changes.listed_again,
        "matches_reassessed": reassessed(one.changes),
        "changes": {why: dict(counts) for why, counts in one.changes.counts.items()},
        "changes_listed": [change_document(change) for change in one.changes.listed],
    }


def reassessed(changes: MatchChanges) -> int:
    """How often something is said otherwise of matches that go on."""
    return sum(counts.get(what, 0) for counts in changes.counts.values() for what in TERMS)


def change_document(one: MatchChange) -> Document:
    """Write one change of a match down."""
    return {
        "vulnerability": one.vulnerability,
        "package": one.package,
        "version": one.installed,
        "what": one.what,
        "reason": one.reason,
        "before": one.before,
        "after": one.after,
    }
