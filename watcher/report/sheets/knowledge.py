"""The knowledge document as a sheet: a row for each version."""

from __future__ import annotations

from typing import Final

from watcher.report.sheets.columns import Document, Entry, entries_of, field

COLUMNS: Final = (
    field("db", "database"),
    field("scanner", "Trivy", spared=5),
    field("source", "source", flexible=True, spared=6),
    field("updated_at", "updated", spared=9),
    field("seen_at", "seen", spared=10),
    field("applied_at", "applied", spared=8),
    field("effective_at", "effective"),
    field("in_force", "in force"),
    field("reason", "new in it"),
    field("matches_added", "added"),
    field("matches_removed", "removed"),
    field("matches_reassessed", "reassessed", spared=3),
    field("first_matches", "first matches", spared=4),
    field("contexts_matched", "contexts", spared=7),
)


def rows(told: Document) -> list[Entry]:
    """The entries as they are."""
    return entries_of(told, "knowledge")
