"""Draw the README's picture anew: the report over the demo's last 60 days, as a browser shows it.

After `make demo SERVE=0`: `.venv/bin/python tools/pictures.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import sync_playwright

from installer import chromium
from installer.step import ROOT, StepError

CONFIGURATION = ROOT / "var" / "demo" / "watcher.yaml"
PICTURE = ROOT / "docs" / "pictures" / "report.png"
# The demo is 120 days long: so many, and the period before was watched in full as well.
PERIOD = timedelta(days=60)
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
    as_of = json.loads(report("--format", "json"))["as_of"]
    since = (datetime.fromisoformat(as_of) - PERIOD).isoformat()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        page.write_bytes(report("--as-of", as_of, "--since", since, "--format", "html"))
        try:
            draw(page, PICTURE)
        except StepError as error:
            print(error, file=sys.stderr)
            return 1
    print(f"drawn: {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
