"""Whether a Chromium can be used; run by the Python of `.venv`, since Playwright starts it.

As the tests start it, and with a text to draw, for which it needs its libraries and a font.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Error, sync_playwright

_STARTING = 60_000  # milliseconds


def complaint(program: str) -> str | None:
    """Say in one line why a Chromium cannot be used, or None."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, timeout=_STARTING)
            page = browser.new_page()
            page.set_content("<p>A page drawn.</p>")
            page.screenshot()
            browser.close()
    except Error as error:
        lines = error.message.splitlines()
        # What the program itself said before it ended says more than that it did.
        said = [line.partition("[err] ")[2] for line in lines if "[err] " in line]
        return (said or lines)[0]
    return None


if __name__ == "__main__":
    sys.exit(complaint(sys.argv[1]))
