"""`watcher report`: the figures for management."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from watcher.cli.output import AsOfOption, FileOption, KnownNowOption, emit, emit_bytes
from watcher.cli.session import reading, session_of
from watcher.reading.instants import parse_instant
from watcher.report.sheets.report import FIGURES, figures, sheets
from watcher.report.sheets.separated import sheet
from watcher.report.sheets.workbook import made_at, workbook
from watcher.report.written import written

_BY_SUFFIX = {
    ".html": "html",
    ".htm": "html",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".pdf": "pdf",
}


class Format(StrEnum):
    """How the report is written."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


def report(
    context: typer.Context,
    *,
    as_of: AsOfOption = None,
    known_now: KnownNowOption = False,
    since: Annotated[
        str | None,
        typer.Option(metavar="T", help="Where the period begins; 90 days before its end else."),
    ] = None,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="html, json, csv (its figures), xlsx or pdf; else as FILE is called, json.",
        ),
    ] = None,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Keep what is told, as JSON, to be written again as it is."),
    ] = False,
    output: FileOption = None,
) -> None:
    """Write the management report, as a page, JSON, sheets or a PDF: exposure, fixes, coverage."""
    session = session_of(context)
    begin = parse_instant("--since", since) if since is not None else None
    with reading(context, as_of, known_now=known_now) as record:
        # Their arithmetic takes a while to import, and no other command needs it.
        from watcher.reading import management  # noqa: PLC0415
        from watcher.report.pages.report import page  # noqa: PLC0415

        told, paper = management.report(record, begin), record.app.paper
        if publish:
            kept = record.app.archive.publish(
                written(told).encode("ascii"), management.about(record, told, session.now())
            )
            session.say(f"published as {kept.number}, sha256:{kept.sha256}")
    wanted = format_ or _called(output)
    if wanted is Format.PDF:
        emit_bytes(paper.printed(page(told, standalone=True)), output)
    elif wanted is Format.XLSX:
        emit_bytes(workbook(sheets(told), made_at(told)), output)
    elif wanted is Format.CSV:
        emit(sheet(figures(told), FIGURES), output)
    else:
        emit(page(told, standalone=True) if wanted is Format.HTML else written(told), output)


def _called(output: Path | None) -> Format:
    """The format that a file's name says."""
    suffix = output.suffix.lower() if output is not None else ""
    return Format(_BY_SUFFIX.get(suffix, "json"))
