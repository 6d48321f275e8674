"""`watcher streams`: what is watched, where each stream points to, and whether it is covered."""

from __future__ import annotations

import typer

from watcher.cli.output import AsOfOption, AsOption, FileOption, Format, Listing, show
from watcher.cli.session import reading
from watcher.cli.sheet import REMARK, entries_of, field
from watcher.reading import documents
from watcher.report.streams import united

_COLUMNS = (
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


def streams(
    context: typer.Context,
    as_of: AsOfOption = None,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List every stream on every platform: the image it points to, since when, and its coverage."""
    with reading(context, as_of) as record:
        told = documents.streams(record)
    entries = entries_of(told, "streams")
    every = united(entries)
    note = f"streams: {every.told}; covered: {every.covered} of {every.streams}"
    show(Listing(told, entries, _COLUMNS, [note]), format_, output)
