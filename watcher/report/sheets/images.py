"""The images document as a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from watcher.report.sheets.columns import REMARK, Column, Document, Entry, entries_of, field

COLUMNS: Final = (
    field("image", "image", flexible=True),
    field("platform", "platform", spared=4),
    field("os", "os", spared=3),
    field("packages", "packages", spared=5),
    field("base"),
    field("base_grade"),
    field("base_evidence"),
    Column(None, lambda entry: entry["built_on"], "base", flexible=True),
    field("direct"),
    field("streams", "streams", flexible=True, spared=2),
    field("covered", "covered"),
    field("reason"),
    field("warning"),
    REMARK,
)


def rows(told: Document) -> Iterator[Entry]:
    """A row for each image."""
    return map(_row, entries_of(told, "images"))


def _row(image: Mapping[str, Any]) -> Entry:
    base = image["base"] or dict.fromkeys(("name", "grade", "evidence"))
    alone = " (annotation alone)" if base["grade"] == "annotation" else ""
    refuted = "none: annotation refuted" if image["base_refuted"] else None
    return {
        **image,
        "base": base["name"],
        "base_grade": base["grade"],
        "base_evidence": base["evidence"] or image["base_refuted"],
        "built_on": f"{base['name'] or base['digest']}{alone}" if image["base"] else refuted,
    }
