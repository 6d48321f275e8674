"""`watcher find`: which images and streams hold a package, or are exposed to a vulnerability."""

from __future__ import annotations

from typing import Annotated

import typer

from watcher.cli.output import AsOfOption, AsOption, FileOption, Format, Listing, show
from watcher.cli.session import reading
from watcher.reading import documents
from watcher.report.search import parse_search
from watcher.report.sheets.find import COLUMNS, rows


def find(
    context: typer.Context,
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT", help="A package's name, name@version, a purl, or a vulnerability's id."
        ),
    ],
    as_of: AsOfOption = None,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List what holds a package or is exposed to a vulnerability; heads of streams first.

    A bare name finds every package whose name contains it. TEXT has no wildcards.
    """
    search = parse_search(text)
    with reading(context, as_of) as record:
        told = documents.find(record, text, search)
    entries = rows(told)
    show(Listing(told, entries, COLUMNS, [str(told["note"])]), format_, output)
