"""Sheets as a workbook (XLSX): every cell is a number, a truth or a text, and none is a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from watcher.domain.errors import UsageError
from watcher.report.sheets.columns import Column, Document, Entry

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROWS: Final = 1_048_576  # of a sheet
_CELL: Final = 32_767  # characters of a cell
_NAME: Final = 31  # characters of a sheet's name
_WIDEST: Final = 60  # characters of a column on the screen
# What XML 1.0 cannot hold.
_UNWRITTEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its name; its entries are read once."""

    name: str
    columns: Sequence[Column]
    entries: Iterable[Entry]


def workbook(sheets: Iterable[Sheet], as_of: datetime) -> bytes:
    """Write sheets, the same bytes for the same entries; `as_of` is when it is said to be made.

    Raises UsageError where a sheet is longer than a workbook can hold.
    """
    body = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": False,
    }
    with Workbook(body, options) as made:
        made.set_properties({"title": "watcher", "created": as_of.replace(tzinfo=None)})
        bold = made.add_format({"bold": True})
        for one in sheets:
            page = made.add_worksheet(one.name[:_NAME])
            columns = [column for column in one.columns if column.key is not None]
            for place, column in enumerate(columns):
                page.write_string(0, place, column.key or "", bold)
                page.set_column(place, place, min(_WIDEST, max(10, len(column.key or "") + 2)))
            page.freeze_panes(1, 0)
            _fill(page, columns, one)
    return body.getvalue()


def made_at(told: Document) -> datetime:
    """When a document's workbook is said to be made: the time that it is about, if it is of one."""
    as_of = told.get("as_of")
    return (
        datetime.fromisoformat(as_of)
        if isinstance(as_of, str)
        else datetime(1980, 1, 1, tzinfo=UTC)
    )


def _fill(page: Worksheet, columns: Sequence[Column], sheet: Sheet) -> None:
    last = 0
    for last, entry in enumerate(sheet.entries, 1):
        if last >= _ROWS:
            raise UsageError(
                f"{sheet.name}: a workbook holds {_ROWS - 1} rows of a sheet, and there are more: "
                "filter, or take csv"
            )
        for place, column in enumerate(columns):
            _write(page, last, place, column.read(entry))
    page.autofilter(0, 0, last, max(0, len(columns) - 1))


def _write(page: Worksheet, row: int, place: int, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(row, place, value)
    elif isinstance(value, int | float):
        page.write_number(row, place, value)
    else:
        listed = value if isinstance(value, list | tuple) else [value]
        page.write_string(row, place, _UNWRITTEN.sub("�", " ".join(map(str, listed)))[:_CELL])
