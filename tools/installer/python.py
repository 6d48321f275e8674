"""The Python environment in `.venv`: locked packages with hashes, and watcher itself, editable."""

from __future__ import annotations

import sys
from pathlib import Path

from installer.step import ROOT, Log, Step, StepError, key_of

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.lock"
PROJECT = ROOT / "pyproject.toml"
# A moved checkout or another Python needs a new environment: scripts in it name both.
PLACE = f"{ROOT} {sys.base_prefix} {sys.version_info[:2]}"

# Inside, so that a fresh environment forgets what was installed into the one before.
STAMPS = VENV / ".setup"

PIP_INSTALL = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
NETWORK_ADVICE = "check the network and that a package index answers, then run make setup again"


def environment() -> Step:
    """An empty environment with pip."""
    return Step(
        name="environment",
        does="makes the Python environment .venv",
        takes="5 s",
        key=key_of(PLACE, LOCK),
        product=PYTHON,
        run=_make_environment,
        stamps=STAMPS,
    )


def packages() -> Step:
    """The packages of the lock; PostgreSQL for the tests comes with them."""
    return Step(
        name="packages",
        does="installs the locked Python packages into .venv",
        takes="1 min",
        key=key_of(PLACE, LOCK),
        product=VENV / "bin" / "pytest",
        run=_install_packages,
        after=("environment",),
        stamps=STAMPS,
    )


def project() -> Step:
    """The editable install of watcher itself."""
    return Step(
        name="watcher",
        does="installs watcher into .venv, editable",
        takes="3 s",
        key=key_of(PLACE, LOCK, PROJECT),
        product=VENV / "bin" / "watcher",
        run=_install_project,
        after=("packages",),
        stamps=STAMPS,
    )


def _make_environment(log: Log) -> None:
    if VENV.is_symlink():
        # Whoever has it behind the link would be left with an empty one.
        raise StepError(
            f"{VENV} is a link to another environment: remove the link, or set up there"
        )
    log.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        advice="install Python's venv module (Debian, Ubuntu: apt install python3-venv)"
        " or choose another Python: make setup PYTHON=python3.12",
        timeout=300,
    )


def _install_packages(log: Log) -> None:
    log.run(
        [*PIP_INSTALL, "--require-hashes", "--no-compile", "-r", str(LOCK)],
        advice=NETWORK_ADVICE,
        timeout=1800,
    )
    _compile(log, VENV / "lib")


def _compile(log: Log, *folders: Path) -> None:
    """Compile modules on every core: where nothing may be written, each start would do it again."""
    log.run(
        [str(PYTHON), "-m", "compileall", "-q", "-j", "0", *map(str, folders)],
        advice="make setup takes it up again",
        timeout=600,
    )


def _install_project(log: Log) -> None:
    # The build backend is in the lock: no isolated build, so nothing unlocked is fetched.
    log.run(
        [*PIP_INSTALL, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
        advice="mend pyproject.toml, then run make setup again",
        timeout=300,
    )
    _compile(log, ROOT / "watcher")
