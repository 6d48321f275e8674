"""`watcher exposures`: the windows, each with its episodes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from watcher.cli.output import (
    AsOfOption,
    AsOption,
    FileOption,
    Format,
    KnownNowOption,
    Listing,
    show,
)
from watcher.cli.session import reading
from watcher.domain.errors import UsageError
from watcher.ports.store.exposures import WindowFilter
from watcher.reading import documents
from watcher.report.sheets.columns import entries_of
from watcher.report.sheets.exposures import COLUMNS, rows


class SeverityName(StrEnum):
    """The severities, worst first."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    UNKNOWN = "UNKNOWN"


def exposures(
    context: typer.Context,
    *,
    open_: Annotated[bool, typer.Option("--open", help="Only windows that are open.")] = False,
    stream: Annotated[
        str | None,
        typer.Option(metavar="S", help="One stream, or a repository; @os/arch names a platform."),
    ] = None,
    vulnerability: Annotated[
        str | None, typer.Option(metavar="V", help="One vulnerability, by its id.")
    ] = None,
    severity: Annotated[
        SeverityName | None, typer.Option(case_sensitive=False, help="One severity.")
    ] = None,
    as_of: AsOfOption = None,
    known_now: KnownNowOption = False,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List the exposure windows: since when which stream has been exposed, and how each ended.

    In tables and CSV an episode is a row; days are those of the whole window.
    """
    wanted = WindowFilter(open_, _stream(stream), _id(vulnerability), severity and severity.value)
    with reading(context, as_of, known_now=known_now) as record:
        told = documents.exposures(record, wanted)
    found = entries_of(told, "windows")
    note = f"windows: {len(found)}, of which open: {sum(one['open'] is True for one in found)}"
    show(Listing(told, [*rows(told)], COLUMNS, [note]), format_, output)


def _id(text: str | None) -> str | None:
    """Write a CVE as it is recorded; ids of other sources have a letter case of their own."""
    return text.upper() if text and text.lower().startswith("cve-") else text


def _stream(text: str | None) -> str | None:
    if text is not None and "/" not in text.partition("@")[0]:
        raise UsageError(
            f"--stream {text!r} names no repository: write local/shop/api:latest, "
            "local/shop/api#2-slim or local/shop/api, each with @linux/amd64 or without"
        )
    return text
