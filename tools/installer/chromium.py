"""A Chromium for the browser tests: the one on PATH, else Playwright's, else Debian's packages."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Mapping
from pathlib import Path

from installer import debian
from installer.python import LOCK, PYTHON
from installer.step import (
    BIN,
    ROOT,
    TOOLS,
    Log,
    Step,
    StepError,
    answer_of,
    elsewhere_on_path,
    key_of,
)

NAMES = ("chromium", "chromium-browser", "google-chrome")
PRODUCT = BIN / "chromium"
FOLDER = TOOLS / "chromium"
ADVICE = "put chromium or google-chrome on PATH and run make setup again"

# Fonts that hold every letter of a page, one of them the widest that a reader may have.
_PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-liberation")
_PLAYWRIGHT = {
    "PLAYWRIGHT_BROWSERS_PATH": str(FOLDER / "playwright"),
    "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000",  # milliseconds
}
_DOWNLOAD_SECONDS = 300
_TRIAL = Path(__file__).with_name("trial.py")
_WHERE = """\
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
_WRAPPER = """\
#!/bin/sh
# Written by make setup: Debian's Chromium, with the libraries and fonts that were unpacked with it.
export LD_LIBRARY_PATH="{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
export FONTCONFIG_FILE="{fonts}"
exec "{program}" "$@"
"""
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{root}/usr/share/fonts</dir>
  <cachedir>{root}/cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""


def step() -> Step:
    """The one step; the demo does without it, so that it may fail."""
    installed = on_path()
    fetches = "fetches a Chromium for the browser tests into .tools/chromium (up to 180 MB)"
    return Step(
        name="chromium",
        does=f"uses {installed}" if installed else fetches,
        takes="5 s" if installed else "1 min",
        key=key_of(str(ROOT), str(installed), _pinned(), platform.machine()),
        product=PRODUCT,
        run=_install,
        after=("packages",),
        optional=True,
    )


def program() -> Path:
    """The Chromium that setup brought, else the one on PATH; raises StepError for none."""
    found = PRODUCT if PRODUCT.exists() else on_path()
    if found is None:
        raise StepError(step().given_up() or "no Chromium is here: run make setup")
    return found


def on_path() -> Path | None:
    """The first Chromium on PATH that is not the one setup made."""
    return elsewhere_on_path(BIN, *NAMES)


def _pinned() -> str:
    """The locked Playwright, each of which knows one Chromium."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    return next((line for line in lines if line.startswith("playwright==")), "")


def _install(log: Log) -> None:
    """Try one way after the other; the log says what was wrong with each."""
    failed = []
    for name, way in (("PATH", _linked), ("Playwright", _downloaded), ("apt", _unpacked)):
        try:
            _start_over()
            way(log)
            log.run([str(PYTHON), str(_TRIAL), str(PRODUCT)], advice="see the log", timeout=120)
        except StepError as error:
            log.say(f"no Chromium by way of {name}: {error}")
            failed.append(name)
        else:
            return
    _start_over()
    raise StepError(f"no Chromium by way of {', '.join(failed)}; {ADVICE}")


def _start_over() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    PRODUCT.unlink(missing_ok=True)
    BIN.mkdir(parents=True, exist_ok=True)


def _linked(_: Log) -> None:
    installed = on_path()
    if installed is None:
        raise StepError(f"PATH has none of {', '.join(NAMES)}")
    PRODUCT.symlink_to(installed)


def _downloaded(log: Log) -> None:
    """Playwright's own download, which is given up where its host does not answer."""
    log.run(
        [str(PYTHON), "-m", "playwright", "install", "--no-shell", "chromium"],
        env=_PLAYWRIGHT,
        advice="its host may not be reachable from here",
        timeout=_DOWNLOAD_SECONDS,
    )
    program = Path(answer_of([str(PYTHON), "-c", _WHERE], _PLAYWRIGHT).strip())
    if not program.is_file():
        raise StepError(f"Playwright left no program at {program}")
    PRODUCT.symlink_to(program)


def _unpacked(log: Log) -> None:
    root = FOLDER / "debian"
    root.mkdir(parents=True)
    debian.unpack(_PACKAGES, root, log)
    place = root / "usr" / "lib" / "chromium"
    # It belongs to root and lends root's rights, which nothing below a checkout should.
    (place / "chrome-sandbox").unlink(missing_ok=True)
    fonts = FOLDER / "fonts.conf"
    fonts.write_text(_FONTS.format(root=root), encoding="utf-8")
    told: Mapping[str, object] = {
        "libraries": debian.libraries(root),
        "fonts": fonts,
        "program": place / "chromium",
    }
    PRODUCT.write_text(_WRAPPER.format_map(told), encoding="utf-8")
    PRODUCT.chmod(0o755)
