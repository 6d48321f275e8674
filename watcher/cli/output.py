"""Where results go: to the standard output, or to a file that is whole or not there."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from watcher.cli import exits
from watcher.cli.tables import table
from watcher.domain.errors import UsageError
from watcher.report.sheets.columns import Column, Entry
from watcher.report.sheets.separated import sheet
from watcher.report.sheets.workbook import Sheet, made_at, workbook
from watcher.report.written import written

_NEW = 0o666  # before the umask


class Format(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


AsOption = Annotated[Format, typer.Option("--format", help="How the list is written.")]
FileOption = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write to this file, whole or not at all."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="T", help="As it was known at this time (RFC 3339)."),
]

KnownNowOption = Annotated[
    bool,
    typer.Option("--known-now", help="With --as-of: what is known now to have been so then."),
]


@dataclass(frozen=True, slots=True)
class Listing:
    """A result: the document, its entries as rows, and what a person is told below a table."""

    document: Mapping[str, object]
    entries: Sequence[Entry]
    columns: Sequence[Column]
    notes: Sequence[str] = ()


def show(listing: Listing, format_: Format, file: Path | None) -> None:
    """Write a result in the format that was asked for."""
    if format_ is Format.JSON:
        emit(written(listing.document), file)
    elif format_ is Format.CSV:
        emit(sheet(listing.entries, listing.columns), file)
    elif format_ is Format.XLSX:
        emit_bytes(_workbook(listing), file)
    else:
        terminal = sys.stdout if file is None else None
        emit(table(listing.entries, listing.columns, listing.notes, terminal), file)


def _workbook(listing: Listing) -> bytes:
    (schema,) = re.findall(r"watcher/([a-z]+)/", str(listing.document["schema"]))
    return workbook([Sheet(schema, listing.columns, listing.entries)], made_at(listing.document))


def emit(text: str, file: Path | None) -> None:
    """Write text; a reader that went away ends the command quietly."""
    if file is not None:
        _save(text.encode(), file)
        return
    _out(lambda: sys.stdout.write(text))


def emit_bytes(body: bytes, file: Path | None) -> None:
    """Write what is no text; raises UsageError where a terminal would get it."""
    if file is not None:
        _save(body, file)
    elif sys.stdout.isatty():
        raise UsageError("a workbook is nothing for a terminal: name a file with -o")
    else:
        _out(lambda: sys.stdout.buffer.write(body))


def _out(write: Callable[[], object]) -> None:
    try:
        write()
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered would raise again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(exits.NO_READER) from None


def _save(body: bytes, file: Path) -> None:
    """Put a file in place whole; a pipe or a device is written to as it is."""
    try:
        if file.exists() and not file.is_file():
            file.write_bytes(body)
        else:
            _replace(body, file.resolve())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"{file} cannot be written: {reason}; name another with -o") from None


def _replace(body: bytes, file: Path) -> None:
    mode = file.stat().st_mode & 0o777 if file.exists() else _NEW & ~_umask()
    with tempfile.NamedTemporaryFile(
        "wb",
        dir=file.parent,
        prefix=f".{file.name[:64]}.",
        delete=False,
    ) as half:
        place = Path(half.name)
        try:
            half.write(body)
            half.flush()
            os.fsync(half.fileno())
            place.chmod(mode)
            place.replace(file)
        except BaseException:
            with suppress(OSError):
                place.unlink()
            raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
