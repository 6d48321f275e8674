"""Draw the README's picture anew: the demo's report, as README's command gives it.

After `make demo SERVE=0`: `.venv/bin/python tools/pictures.py`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from installer import chromium
from installer.step import ROOT, StepError

CONFIGURATION = ROOT / "var" / "demo" / "watcher.yaml"
PICTURE = ROOT / "docs" / "pictures" / "report.png"
WIDTH, HEIGHT = 1280, 900


def report(*options: str) -> bytes:
    """The demo's report, as the command line draws it."""
    watcher = [sys.executable, "-m", "watcher", "--config", str(CONFIGURATION)]
    return subprocess.run([*watcher, "report", *options], check=True, stdout=subprocess.PIPE).stdout


def draw(page: Path, picture: Path) -> None:
    """Take a picture of a whole page; raises StepError where there is no browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.program())
        seen = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        seen.goto(page.as_uri())
        seen.screenshot(path=picture, full_page=True)
        browser.close()


def main() -> int:
    """Draw the picture; 1 where there is no demo or no browser."""
    if not CONFIGURATION.exists():
        print("there is no demo to draw: make demo SERVE=0 plays one", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        page.write_bytes(report("--format", "html"))
        try:
            draw(page, PICTURE)
        except StepError as error:
            print(error, file=sys.stderr)
            return 1
    print(f"drawn: {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
