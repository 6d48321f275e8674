"""The report on paper, as a browser prints it."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path

import matplotlib as mpl
import pytest
from playwright.sync_api import Browser

from tests.servers.browser import Look, looking
from tests.unit.report.pages.reports import Report, bump, fleet, report
from watcher.report.figures.coverage import WatchedStream
from watcher.report.pages.report import page

pytestmark = pytest.mark.servers

TEAMS = [f"team-of-many-{number}" for number in range(11)]
LOST = [WatchedStream(f"hub/acme/tool{number}:1", None, "never listed") for number in range(3)]
# The widest font that a page may fall back to. It comes with a package that the tests need anyway.
FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
WIDEST = {"DejaVuSans": 400, "DejaVuSans-Bold": 700, "DejaVuSansMono": 400}


def full_report(teams: int) -> Report:
    found = list(fleet(TEAMS[:teams]))
    watched = {one.stream: WatchedStream(one.stream, one.team) for one in found}
    document = report(found, [*watched.values(), *LOST])
    return {**document, "bumps": [bump(number) for number in range(9)]}


def in_widest_font(html: str) -> str:
    """The same page in DejaVu Sans, on every machine the same files of it."""
    told = ":root { --font: DejaVuSans !important; --mono: DejaVuSansMono !important }"
    faces = "".join(_face(name, weight) for name, weight in WIDEST.items())
    return html.replace("</style>", f"{told}{faces}</style>", 1)


def _face(name: str, weight: int) -> str:
    family, letters = name.removesuffix("-Bold"), (FONTS / f"{name}.ttf").read_bytes()
    source = f"url(data:font/ttf;base64,{b64encode(letters).decode()})"
    return f"@font-face {{ font-family: {family}; font-weight: {weight}; src: {source} }}"


def printed(html: str, chromium: Browser, folder: Path, fonts: int = 0) -> bytes:
    """The page as PDF; so many fonts of its own must have been drawn with."""
    source = folder / "report.html"
    source.write_text(html, encoding="utf-8")
    with looking(chromium, Look(policy=False)) as seen:
        seen.page.goto(source.as_uri())
        seen.page.evaluate("document.fonts.ready")
        states = seen.page.evaluate("[...document.fonts].map(one => one.status)")
        assert states == ["loaded"] * fonts
        assert seen.complaints == []
        return seen.page.pdf(prefer_css_page_size=True)


def assert_one_sheet(paper: bytes) -> None:
    assert len(re.findall(rb"/Type /Page\b", paper)) == 1
    (width, height) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)[0]
    assert (round(float(width)), round(float(height))) == (595, 842)


@pytest.mark.parametrize("teams", [4, 8, 11])
def test_a_full_report_is_one_sheet_of_a4(teams: int, chromium: Browser, tmp_path: Path) -> None:
    html = page(full_report(teams), standalone=True)
    assert_one_sheet(printed(html, chromium, tmp_path))


@pytest.mark.parametrize("teams", [4, 8, 11])
def test_so_it_is_in_the_widest_font(teams: int, chromium: Browser, tmp_path: Path) -> None:
    html = in_widest_font(page(full_report(teams), standalone=True))
    assert_one_sheet(printed(html, chromium, tmp_path, fonts=len(WIDEST)))
