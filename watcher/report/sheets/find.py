"""The find document as a sheet."""

from __future__ import annotations

from typing import Final

from watcher.report.sheets.columns import Document, Entry, entries_of, field, without_qualifiers

COLUMNS: Final = (
    field("stream", "stream", flexible=True),
    field("platform", "platform", spared=6),
    field("image", "image", spared=7, flexible=True),
    field("package"),
    field("version"),
    field("purl", "package", short=without_qualifiers, flexible=True),
    field("vulnerability", "vulnerability", spared=3),
    field("current", "current"),
    field("since", "since", spared=2),
    field("until", "until", spared=4),
    field("covered", "covered", spared=5),
)


def rows(told: Document) -> list[Entry]:
    """The entries as they are."""
    return entries_of(told, "find")
