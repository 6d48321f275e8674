"""Draw the pictures of the documentation anew: the demo's report and five pages, light and dark.

After `make setup` and `make demo SERVE=0`: `.venv/bin/python tools/pictures.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from installer import chromium
from installer.step import ROOT, StepError
from watcher.demo.workshop.locate import free_port

CONFIGURATION = ROOT / "var" / "demo" / "watcher.yaml"
PICTURES = ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 1280, 900
PATIENCE = 60.0  # seconds until the web answers
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")

# What is drawn, by what a reader clicks on to get there from the report.
PAGES: Final = {
    "exposures": ("/exposures?severity=critical",),
    "stream": ("/exposures?severity=critical&sort=age", "main a[href^='/streams/']"),
    "vulnerability": ("/exposures?severity=critical", "main a[href^='/vulnerabilities/']"),
    "bumps": ("/bumps",),
    "coverage": ("/coverage",),
}


@contextmanager
def served() -> Iterator[str]:
    """The demo's web; yields its address."""
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "watcher", "--config", str(CONFIGURATION)]
    environment = {**os.environ, "WATCHER_WEB__LISTEN": address}
    with subprocess.Popen([*command, "run", "--role", "web"], env=environment) as web:
        try:
            _await(f"http://{address}/healthz")
            yield f"http://{address}"
        finally:
            web.terminate()


def _await(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(address).close()  # noqa: S310 - this machine's own
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def draw(browser: Browser, address: str) -> None:
    """Take every picture: the report as a whole, of pages what a screen shows."""
    for scheme in SCHEMES:
        seen = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        seen.goto(f"{address}/")
        _take(seen, f"report-{scheme}", whole=True)
        for name, (path, *links) in PAGES.items():
            seen.goto(f"{address}{path}")
            for link in links:
                seen.locator(link).first.click()
                seen.wait_for_load_state()
            _take(seen, f"{name}-{scheme}")
        seen.close()


def _take(seen: Page, name: str, *, whole: bool = False) -> None:
    picture = PICTURES / f"{name}.png"
    seen.screenshot(path=picture, full_page=whole)
    print(f"drawn: {picture.relative_to(ROOT)}")


def main() -> int:
    """Draw the pictures; 1 where there is no demo or no browser."""
    if not CONFIGURATION.exists():
        print("there is no demo to draw: make demo SERVE=0 plays one", file=sys.stderr)
        return 1
    try:
        program = chromium.program()
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        draw(browser, address)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
