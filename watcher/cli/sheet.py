"""Entries as rows and columns, and as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Entry = Mapping[str, object]

# What spreadsheets take for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in CSV and how an entry is read; its heading in a table, None for none.

    `short` cuts for tables what CSV has whole. A `flexible` column is folded where a terminal is
    too narrow; the others stay on one line. Where that does not do, columns are left out, those
    first that can be `spared` most. A column without a key is for tables alone.
    """

    key: str | None
    read: Callable[[Entry], object]
    heading: str | None = None
    short: Callable[[object], object] | None = None
    flexible: bool = False
    spared: int = 0


def entries_of(document: Mapping[str, object], key: str) -> list[Entry]:
    """The entries that a document lists under a key."""
    listed = document[key]
    if not isinstance(listed, list):
        raise TypeError(f"the document lists no {key}")
    return listed


def field(
    key: str,
    heading: str | None = None,
    short: Callable[[object], object] | None = None,
    *,
    flexible: bool = False,
    spared: int = 0,
) -> Column:
    """The column of a field of the document."""
    return Column(key, lambda entry: entry[key], heading, short, flexible, spared)


REMARK = Column(
    None, lambda entry: entry["reason"] or entry["warning"], heading="remark", flexible=True
)


def sheet(entries: Iterable[Entry], columns: Sequence[Column]) -> str:
    """Write CSV (RFC 4180) with a heading row."""
    written = [column for column in columns if column.key is not None]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.key for column in written])
    writer.writerows([_cell(column.read(entry)) for column in written] for entry in entries)
    return text.getvalue()


def _cell(value: object) -> str | int | float:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if value is None:
        return ""
    text = value if isinstance(value, str) else " ".join(map(str, _items(value)))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else [value]
