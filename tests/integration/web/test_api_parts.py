"""Lists in parts and in other forms, and answers that say that nothing changed."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.integration.web.browser import Browser
from tests.integration.web.conftest import browsing
from tests.integration.web.test_statements import LARGE, SMALL, counted, statements

LISTS = {
    "exposures": "windows",
    "streams": "streams",
    "images": "images",
    "knowledge": "knowledge",
    "bumps": "bumps",
    "find?q=a": "find",
}


def asked(path: str, **more: object) -> str:
    sign = "&" if "?" in path else "?"
    return f"/api/v1/{path}{sign}{'&'.join(f'{name}={value}' for name, value in more.items())}"


def parts(web: Browser, path: str, limit: int) -> list[dict[str, Any]]:
    """Every entry of a list, asked for in parts."""
    key, found, after = LISTS[path], [], None
    while True:
        more: dict[str, object] = {} if after is None else {"after": after}
        told = web.get(asked(path, limit=limit, **more)).json()
        assert len(told[key]) <= limit
        found += told[key]
        after = told["next"]
        if after is None:
            return found


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [1, 2, 500])
def test_the_parts_of_a_list_are_all_of_it_once(web: Browser, path: str, limit: int) -> None:
    whole = web.get(f"/api/v1/{path}").json()
    assert "next" not in whole
    found = parts(web, path, limit)
    assert len(found) == len(whole[LISTS[path]])
    assert all(one in whole[LISTS[path]] for one in found)
    assert all(one in found for one in whole[LISTS[path]])


def test_parts_of_windows_keep_to_the_filter(web: Browser) -> None:
    whole = web.get("/api/v1/exposures?open=true&severity=high").json()["windows"]
    assert whole
    told = web.get("/api/v1/exposures?open=true&severity=high&limit=500").json()
    assert (told["windows"], told["next"]) == (whole, None)


@pytest.mark.parametrize(
    "after", ["x", "bm8", "W10", "WyJhIl0", "W1tdXQ", "Wy0xXQ", "WzFlOTld", "%00", "W3RydWVd"]
)
@pytest.mark.parametrize("path", ["exposures", "streams", "find?q=a"])
def test_what_is_no_cursor_is_said(web: Browser, path: str, after: str) -> None:
    answer = web.get(asked(path, after=after))
    assert answer.status in {200, 400}
    assert answer.status == 400 or path != "exposures"


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", ""])
def test_a_part_is_of_one_to_five_hundred(web: Browser, limit: str) -> None:
    assert web.get(f"/api/v1/streams?limit={limit}").status == 400


@pytest.mark.parametrize("path", [*LISTS, "report"])
def test_who_has_a_document_is_told_that_nothing_changed(web: Browser, path: str) -> None:
    first = web.get(f"/api/v1/{path}")
    etag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    again = web.get(f"/api/v1/{path}", **{"If-None-Match": f'"x", {etag}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)
    other = web.get(asked(path, as_of="2026-03-05T12:00:00Z"), **{"If-None-Match": etag})
    assert other.status == 200 or path == "bumps"
    assert web.get(f"/api/v1/{path}", **{"If-None-Match": '"x"'}).status == 200


def test_nothing_is_drawn_for_who_has_it(sqlite_template: Path, tmp_path: Path) -> None:
    statements(sqlite_template, tmp_path, SMALL)
    with browsing(tmp_path / f"{SMALL}.db") as (web, app):
        etag = web.get("/api/v1/exposures").headers["etag"]
        with counted(app) as taken:
            assert web.get("/api/v1/exposures", **{"If-None-Match": etag}).status == 304
        assert len(taken) <= 4


def test_a_part_takes_the_same_statements_for_any_number_of_streams(
    sqlite_template: Path, tmp_path: Path
) -> None:
    taken: dict[int, int] = {}
    for size in (SMALL, LARGE):
        statements(sqlite_template, tmp_path, size)
        with browsing(tmp_path / f"{size}.db") as (web, app), counted(app) as found:
            assert web.get("/api/v1/exposures?limit=3").status == 200
        taken[size] = len(found)
    assert taken[LARGE] <= taken[SMALL]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_comes_as_csv_and_as_a_workbook_with_the_same_rows(web: Browser, path: str) -> None:
    answer = web.get(asked(path, format="csv"))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="watcher-')
    rows = list(csv.reader(io.StringIO(answer.body.decode())))
    book = load_workbook(io.BytesIO(web.get(asked(path, format="xlsx")).body)).worksheets[0]
    told = [list(row) for row in book.iter_rows(values_only=True)]
    assert told[0] == rows[0]
    assert len(told) == len(rows)


def test_the_report_comes_as_sheets_and_as_a_page(web: Browser) -> None:
    rows = list(csv.DictReader(io.StringIO(web.get("/api/v1/report?format=csv").html)))
    report = web.get("/api/v1/report").json()
    days = next(r for r in rows if r["of"] == "fleet" and r["figure"] == "exposure_days")
    assert float(days["value"]) == report["figures"]["exposure_days"]["value"]
    assert {row["name"] for row in rows if row["of"] == "team"} == set(report["by_team"])
    book = load_workbook(io.BytesIO(web.get("/api/v1/report?format=xlsx").body))
    assert book.sheetnames == ["figures", "teams", "ages", "streams", "due", "not covered"]
    page = web.get("/api/v1/report?format=html")
    assert page.headers["content-disposition"].endswith('"watcher-report.html"')
    assert "Exposure report" in page.text


def test_the_report_comes_as_pdf_where_a_chromium_is(web: Browser) -> None:
    answer = web.get("/api/v1/report?format=pdf")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body.startswith(b"%PDF-")


def test_without_a_chromium_that_is_said(web: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert web.get("/api/v1/report?format=pdf").status == 503


def test_an_image_comes_as_cyclonedx(web: Browser) -> None:
    image = next(
        one["image"] for one in web.get("/api/v1/images").json()["images"] if one["packages"]
    )
    answer = web.get(f"/api/v1/cyclonedx?image={image}")
    told = answer.json()
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert told["metadata"]["component"]["version"] == image.partition("@")[2]
    assert len(told["components"]) == 2
    assert all(one["purl"] for one in told["components"])
    assert web.get(f"/api/v1/cyclonedx?image={image}").body == answer.body
    for name in ("x", "local/none@sha256:12", f"local/none@{image.partition('@')[2]}"):
        assert web.get(f"/api/v1/cyclonedx?image={name}").status == 404
