"""CSV that spreadsheets read as text, whatever stands in it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.report.sheets.columns import Column, field
from watcher.report.sheets.separated import sheet


def only_cell(value: object) -> str:
    rows = list(csv.reader(io.StringIO(sheet([{"key": value}], [field("key")]), newline="")))
    assert rows[0] == ["key"]
    return rows[1][0] if rows[1] else ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_would_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert only_cell(text) == f"'{text}"


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not only_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-3, "-3"),
        (1.5, "1.5"),
        (["a", "b"], "a b"),
        (["=a"], "'=a"),
        ('a "quoted", text\nof two lines', 'a "quoted", text\nof two lines'),
    ],
)
def test_values_are_written_as_machines_read_them(value: object, cell: str) -> None:
    assert only_cell(value) == cell


def test_a_list_of_nothing_still_has_its_headings() -> None:
    columns = [field("a"), field("b", "shown"), Column(None, lambda _: "for tables", "remark")]
    assert sheet([], columns) == "a,b\r\n"
