"""`watcher knowledge`: the versions of knowledge, and what each one changed."""

from __future__ import annotations

import typer

from watcher.cli.output import AsOfOption, AsOption, FileOption, Format, Listing, show
from watcher.cli.session import reading
from watcher.reading import documents
from watcher.report.sheets.knowledge import COLUMNS, rows


def knowledge(
    context: typer.Context,
    as_of: AsOfOption = None,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List every version of knowledge, oldest first: its times, what it changed, and why."""
    with reading(context, as_of) as record:
        told = documents.knowledge(record)
    entries = rows(told)
    note = f"versions: {len(entries)}" + ("; the last is in force" if entries else "")
    show(Listing(told, entries, COLUMNS, [note]), format_, output)
