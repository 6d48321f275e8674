"""Pages printed by a Chromium, where one is there: without network, profile or trace."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final

from watcher.domain.errors import PermanentError, TransientError

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SECONDS: Final = 60.0
_FLAGS: Final = (
    *("--headless", "--disable-gpu", "--disable-extensions", "--disable-background-networking"),
    *("--no-first-run", "--no-default-browser-check", "--no-pdf-header-footer"),
    *("--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND"),
)


@dataclass(frozen=True, slots=True)
class ChromiumPaper:
    """Signs the port `Paper`; prints one page at a time."""

    seconds: float = _SECONDS
    _lock: Lock = field(default_factory=Lock)

    def printed(self, page: str) -> bytes:
        """The page as PDF, on paper of the size that its style names."""
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if program is None:
            raise PermanentError(
                f"printing needs a Chromium, and PATH has none of {', '.join(NAMES)}: install one, "
                "or print the page from a browser"
            )
        with self._lock, tempfile.TemporaryDirectory(prefix="watcher-paper-") as folder:
            return self._print(program, page, Path(folder))

    def _print(self, program: str, page: str, folder: Path) -> bytes:
        source, paper = folder / "page.html", folder / "page.pdf"
        source.write_text(page, encoding="utf-8")
        # Root has no sandbox of Chromium's; the page is ours, and nothing in it is run or fetched.
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        command = [program, *_FLAGS, *root, f"--user-data-dir={folder / 'profile'}"]
        with subprocess.Popen(
            [*command, f"--print-to-pdf={paper}", source.as_uri()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                process.wait(self.seconds)
            except subprocess.TimeoutExpired:
                raise TransientError(
                    f"{program} did not print within {self.seconds:.0f} s"
                ) from None
            finally:
                # With whatever it started, which may outlive it.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        body = paper.read_bytes() if paper.is_file() else b""
        if not body.startswith(b"%PDF-"):
            raise TransientError(f"{program} printed nothing (exit code {process.returncode})")
        return body
