"""The streams document as a sheet: a row for each stream on each platform."""

from __future__ import annotations

from typing import Final

from watcher.report.sheets.columns import REMARK, Document, Entry, entries_of, field

COLUMNS: Final = (
    field("name", "stream", flexible=True),
    field("registry"),
    field("repository"),
    field("stream"),
    field("by"),
    field("published"),
    field("platform", "platform", spared=4),
    field("tag", "tag", flexible=True, spared=2),
    field("tag_digest"),
    field("image", "image", spared=6),
    field("since", "since", spared=5),
    field("since_not_before"),
    field("backfilled"),
    field("idle"),
    field("packages", "packages", spared=7),
    field("open_exposures", "open"),
    field("covered", "covered"),
    field("reason"),
    field("warning"),
    REMARK,
)


def rows(told: Document) -> list[Entry]:
    """The entries as they are."""
    return entries_of(told, "streams")
