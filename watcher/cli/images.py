"""`watcher images`: the images that streams point to, and what each consists of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from watcher.cli.output import AsOfOption, AsOption, FileOption, Format, Listing, show
from watcher.cli.session import reading
from watcher.cli.sheet import REMARK, Column, Entry, field
from watcher.reading import documents

_COLUMNS = (
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


def images(
    context: typer.Context,
    as_of: AsOfOption = None,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List the images that streams point to: OS, number of packages, and coverage."""
    with reading(context, as_of) as record:
        told = documents.images(record)
    entries = [_row(one) for one in told["images"]]
    note = f"covered: {sum(one['covered'] is True for one in entries)} of {len(entries)}"
    show(Listing(told, entries, _COLUMNS, [note]), format_, output)


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
