"""`watcher report`: the figures for management."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from watcher.cli.output import AsOfOption, FileOption, KnownNowOption, emit
from watcher.cli.session import reading, session_of
from watcher.reading.instants import parse_instant
from watcher.report.written import written

_PAGES = frozenset({".html", ".htm"})


class Format(StrEnum):
    """How the report is written."""

    HTML = "html"
    JSON = "json"


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
        typer.Option("--format", help="A page for people, or JSON; else as FILE is called, JSON."),
    ] = None,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Keep what is told, as JSON, to be written again as it is."),
    ] = False,
    output: FileOption = None,
) -> None:
    """Write the management report, as a page or as JSON: exposure, remediation, coverage."""
    session = session_of(context)
    begin = parse_instant("--since", since) if since is not None else None
    with reading(context, as_of, known_now=known_now) as record:
        # Their arithmetic takes a while to import, and no other command needs it.
        from watcher.reading import management  # noqa: PLC0415
        from watcher.report.pages.report import page  # noqa: PLC0415

        told = management.report(record, begin)
        if publish:
            kept = record.app.archive.publish(
                written(told).encode("ascii"), management.about(record, told, session.now())
            )
            session.say(f"published as {kept.number}, sha256:{kept.sha256}")
    wanted = format_ or _called(output)
    emit(page(told, standalone=True) if wanted is Format.HTML else written(told), output)


def _called(output: Path | None) -> Format:
    """The format that a file's name says."""
    page = output is not None and output.suffix.lower() in _PAGES
    return Format.HTML if page else Format.JSON
