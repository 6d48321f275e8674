"""`watcher find`: which images and streams hold a package, or are exposed to a vulnerability."""

from __future__ import annotations

from typing import Annotated

import typer

from watcher.cli.output import AsOfOption, AsOption, FileOption, Format, Listing, show
from watcher.cli.session import reading
from watcher.cli.sheet import entries_of, field
from watcher.cli.text import without_qualifiers
from watcher.reading import documents
from watcher.report.search import parse_search

_COLUMNS = (
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
    entries = entries_of(told, "find")
    show(Listing(told, entries, _COLUMNS, [str(told["note"])]), format_, output)
