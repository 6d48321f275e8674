"""The report on paper, as a browser prints it; where there is no Chromium, nobody looks."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.report.pages.reports import Report, bump, fleet, report
from watcher.report.figures.coverage import WatchedStream
from watcher.report.pages.report import page

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
TEAMS = [f"team-of-many-{number}" for number in range(11)]
LOST = [WatchedStream(f"hub/acme/tool{number}:1", None, "never listed") for number in range(3)]

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here to print with")


def printed(document: Report, folder: Path) -> bytes:
    """The document's page as PDF."""
    source, target = folder / "report.html", folder / "report.pdf"
    source.write_text(page(document, standalone=True), encoding="utf-8")
    subprocess.run(
        [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            source.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return target.read_bytes()


@pytest.mark.parametrize("teams", [4, 8, 11])
def test_a_full_report_is_one_sheet_of_a4(teams: int, tmp_path: Path) -> None:
    found = list(fleet(TEAMS[:teams]))
    watched = {one.stream: WatchedStream(one.stream, one.team) for one in found}
    document = report(found, [*watched.values(), *LOST])
    paper = printed({**document, "bumps": [bump(number) for number in range(9)]}, tmp_path)
    assert len(re.findall(rb"/Type /Page\b", paper)) == 1
    (width, height) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)[0]
    assert (round(float(width)), round(float(height))) == (595, 842)
