"""`watcher init`: an annotated configuration to start from."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from watcher.adapters.scanners.trivy.command import BUILT
from watcher.cli.output import emit
from watcher.cli.session import session_of
from watcher.config import load
from watcher.config.start import starting_text
from watcher.domain.errors import UsageError

_PRIVATE = 0o600  # people put passwords into it


def init(
    context: typer.Context,
    registry: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="A registry of the OCI protocol to watch, with its scheme."
        ),
    ] = None,
) -> None:
    """Write an annotated configuration where there is none yet, and ask nothing.

    It is written where `--config` or `WATCHER_CONFIG` says, else to config/watcher.yaml.
    """
    session = session_of(context)
    file = session.file
    if file.exists() or file.is_symlink():
        raise UsageError(f"{file} is there already: name another with --config, or edit that")
    _write(file, starting_text(_trivy(), registry))
    try:
        load(file, session.environment)
    except UsageError:
        file.unlink()
        raise
    emit(f"{file} is written; `watcher doctor` looks whether it works\n", None)


def _trivy() -> str:
    """The name on PATH, or what `make setup` built."""
    return "trivy" if shutil.which("trivy") or not BUILT.exists() else str(BUILT)


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with open(descriptor, "w", encoding="utf-8") as written:  # noqa: PTH123 - made as nobody else's
            written.write(text)
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written: {error.strerror}; name another with --config"
        ) from None
