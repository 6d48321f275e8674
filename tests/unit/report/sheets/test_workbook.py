"""Workbooks: what strangers wrote is text in every cell, and nothing is a formula."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from watcher.domain.errors import UsageError
from watcher.report.sheets import workbook as made
from watcher.report.sheets.columns import Entry, field
from watcher.report.sheets.workbook import Sheet, workbook

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
COLUMNS = (field("name"), field("number"))
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "{=1}",
    "http://evil.example",
    "mailto:x@y",
    "<script>alert(1)</script>",
    "\u202eevil\u202c",
    "a\x00b\x1b[31m",
    "x" * 1_000_000,
    "internal:Sheet1!A1",
]


def opened(body: bytes) -> list[list[object]]:
    sheet = load_workbook(io.BytesIO(body)).worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type != "f"
            assert cell.hyperlink is None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_what_strangers_wrote_is_text() -> None:
    entries = [{"name": one, "number": place} for place, one in enumerate(HOSTILE)]
    rows = opened(workbook([Sheet("list", COLUMNS, entries)], NOW))
    assert rows[0] == ["name", "number"]
    for (name, number), entry in zip(rows[1:], entries, strict=True):
        assert number == entry["number"]
        told = str(entry["name"]).replace("\x00", "�").replace("\x1b", "�")[:32767]
        assert str(name) == told


@given(st.lists(st.text(max_size=40), max_size=20))
def test_any_text_comes_back_as_text(names: list[str]) -> None:
    rows = opened(
        workbook([Sheet("list", COLUMNS, [{"name": n, "number": 1} for n in names])], NOW)
    )
    assert len(rows) == len(names) + 1


def test_the_same_entries_are_the_same_bytes() -> None:
    sheets = [Sheet("list", COLUMNS, [{"name": ["a", "b"], "number": None}])]
    assert workbook(sheets, NOW) == workbook(sheets, NOW)


def test_truths_numbers_and_lists_are_what_they_are() -> None:
    entries: list[Entry] = [
        {"name": True, "number": 1.5},
        {"name": ["a", "b"], "number": None},
    ]
    rows = opened(workbook([Sheet("list", COLUMNS, entries)], NOW))
    assert rows[1:] == [[True, 1.5], ["a b", None]]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "_ROWS", 3)
    entries = [{"name": "x", "number": 1}] * 3
    with pytest.raises(UsageError, match="a workbook holds 2 rows"):
        workbook([Sheet("list", COLUMNS, entries)], NOW)
    workbook([Sheet("list", COLUMNS, entries[:2])], NOW)
