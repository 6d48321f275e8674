"""`watcher published`: the reports that were handed on, as the bytes that they were."""

from __future__ import annotations

from typing import Annotated

import typer

from watcher.cli.output import AsOption, FileOption, Format, Listing, emit, show
from watcher.cli.session import session_of
from watcher.domain.errors import UsageError
from watcher.ports.store.archive import Published
from watcher.reading.instants import parse_instant
from watcher.report.published import by_name, by_time, document
from watcher.report.sheets.published import COLUMNS, rows


def published(
    context: typer.Context,
    which: Annotated[
        str | None,
        typer.Argument(
            metavar="WHICH",
            help="A report by its id, its sha256, or a time: the one published last by then.",
        ),
    ] = None,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List the published reports, or write one of them, byte for byte."""
    with session_of(context).opened() as app:
        app.database.require(own_upgrade=False)
        reports = app.archive.listed()
        if which is not None:
            # What was published is ASCII, so that these are the very bytes.
            emit(app.archive.body(_chosen(reports, which).number).decode("ascii"), output)
            return
    told = document(reports)
    entries = rows(told)
    show(Listing(told, entries, COLUMNS, [f"published: {len(entries)}"]), format_, output)


def _chosen(reports: list[Published], which: str) -> Published:
    found = by_name(reports, which)
    if found is None and "-" in which:
        found = by_time(reports, parse_instant("WHICH", which))
    if found is None:
        raise UsageError(
            f"no report {which!r} was published: watcher published lists those that were"
        )
    return found
