"""`watcher streams`: what is watched, where each stream points to, and whether it is covered."""

from __future__ import annotations

import typer

from watcher.cli.output import AsOfOption, AsOption, FileOption, Format, Listing, show
from watcher.cli.session import reading
from watcher.reading import documents
from watcher.report.sheets.streams import COLUMNS, rows
from watcher.report.streams import united


def streams(
    context: typer.Context,
    as_of: AsOfOption = None,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List every stream on every platform: the image it points to, since when, and its coverage."""
    with reading(context, as_of) as record:
        told = documents.streams(record)
    entries = rows(told)
    every = united(entries)
    note = f"streams: {every.told}; covered: {every.covered} of {every.streams}"
    show(Listing(told, entries, COLUMNS, [note]), format_, output)
