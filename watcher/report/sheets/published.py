"""The published reports as a sheet."""

from __future__ import annotations

from typing import Final

from watcher.report.sheets.columns import Document, Entry, entries_of, field

COLUMNS: Final = (
    field("id", "id"),
    field("sha256", "sha256"),
    field("published_at", "published"),
    field("as_of", "as of"),
    field("since", "since", spared=2),
    field("known_now", "known now", spared=3),
    field("figures_version", "figures", spared=5),
    field("bytes", "bytes", spared=4),
)


def rows(told: Document) -> list[Entry]:
    """The entries as they are."""
    return entries_of(told, "published")
