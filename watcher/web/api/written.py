"""Documents as they are asked for: JSON, CSV or a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import Query, Response

from watcher.report.sheets.columns import Column, Document, Entry
from watcher.report.sheets.separated import sheet
from watcher.report.sheets.workbook import MEDIA_TYPE, Sheet, made_at, workbook
from watcher.web import answers

Format = Annotated[
    Literal["json", "csv", "xlsx"],
    Query(alias="format", description="JSON, or a sheet: CSV without formulas, or a workbook."),
]
CSV: Final = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Listed:
    """How a document is written as a sheet of this name."""

    name: str
    columns: Sequence[Column]
    rows: Callable[[Document], Iterable[Entry]]


def answered(told: Mapping[str, object], wanted: str, listed: Listed) -> Response:
    """A list in the format that was asked for."""
    if wanted == "json":
        return answers.document(told)
    entries = listed.rows(told)
    if wanted == "csv":
        return as_file(sheet(entries, listed.columns).encode(), CSV, f"{listed.name}.csv")
    pages = [Sheet(listed.name, listed.columns, entries)]
    return as_file(workbook(pages, made_at(told)), MEDIA_TYPE, f"{listed.name}.xlsx")


def as_file(body: bytes, media_type: str, name: str) -> Response:
    """A file to be kept under a name of ours."""
    disposition = {"content-disposition": f'attachment; filename="watcher-{name}"'}
    return Response(body, media_type=media_type, headers=disposition)
