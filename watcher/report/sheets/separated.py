"""Entries as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from watcher.report.sheets.columns import Column, Entry

# What spreadsheets take for the beginning of a formula (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


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
