"""`watcher images`: the images that streams point to, and what each consists of."""

from __future__ import annotations

import typer

from watcher.cli.output import AsOfOption, AsOption, FileOption, Format, Listing, show
from watcher.cli.session import reading
from watcher.reading import documents
from watcher.report.sheets.images import COLUMNS, rows


def images(
    context: typer.Context,
    as_of: AsOfOption = None,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List the images that streams point to: OS, number of packages, and coverage."""
    with reading(context, as_of) as record:
        told = documents.images(record)
    entries = [*rows(told)]
    note = f"covered: {sum(one['covered'] is True for one in entries)} of {len(entries)}"
    show(Listing(told, entries, COLUMNS, [note]), format_, output)
