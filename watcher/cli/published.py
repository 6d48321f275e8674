"""`watcher published`: the reports that were handed on, as the bytes that they were."""

from __future__ import annotations

from typing import Annotated

import typer

from watcher.cli.output import AsOption, FileOption, Format, Listing, emit, show
from watcher.cli.session import session_of
from watcher.cli.sheet import entries_of, field
from watcher.domain.errors import UsageError
from watcher.ports.store.archive import Published
from watcher.reading.instants import parse_instant
from watcher.report.published import by_name, by_time, document

_COLUMNS = (
    field("id", "id"),
    field("sha256", "sha256"),
    field("published_at", "published"),
    field("as_of", "as of"),
    field("since", "since", spared=2),
    field("known_now", "known now", spared=3),
    field("figures_version", "figures", spared=5),
    field("bytes", "bytes", spared=4),
)


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
    entries = entries_of(told, "published")
    show(Listing(told, entries, _COLUMNS, [f"published: {len(entries)}"]), format_, output)


def _chosen(reports: list[Published], which: str) -> Published:
    found = by_name(reports, which)
    if found is None and "-" in which:
        found = by_time(reports, parse_instant("WHICH", which))
    if found is None:
        raise UsageError(
            f"no report {which!r} was published: watcher published lists those that were"
        )
    return found
