"""The version that a Trivy binary says it is, asked once and remembered while it is the same."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from watcher.adapters.scanners.trivy import command, workspace
from watcher.domain.errors import StartError

OLDEST: Final = (0, 74, 0)

_LIMIT: Final = command.Limit(60.0)
_MOST: Final = 1 << 16  # bytes
_VERSION = re.compile(r"v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})\b[0-9A-Za-z.+-]{0,60}")


def find_binary(name: str) -> str:
    """Find the binary on PATH or at its path. Raises StartError where it is not there."""
    found = shutil.which(name)
    if found is None:
        raise StartError(f"Trivy is not at {name!r}: {command.advice()}")
    return os.path.realpath(found)


def read_version(binary: str, remembered: Path) -> str:
    """Tell the version of the binary at a real path; `remembered` is the file that keeps it.

    Raises StartError where it is none, or one that is too old.
    """
    key = _key(binary)
    version = _recall(remembered, key)
    if version is None:
        version = _ask(binary)
        _remember(remembered, key, version)
    return _recent(version)


def _key(binary: str) -> list[object]:
    try:
        status = Path(binary).stat()
    except OSError as error:
        raise StartError(f"Trivy at {binary} cannot be read: {error.strerror}") from None
    return [binary, status.st_size, status.st_mtime_ns]


def _recall(remembered: Path, key: list[object]) -> str | None:
    """Read the remembered version; any damage to the file means that nothing is remembered."""
    with suppress(OSError, ValueError):
        kept = json.loads(remembered.read_bytes()[:_MOST])
        if isinstance(kept, dict) and kept.get("binary") == key:
            version = kept.get("version")
            return version if isinstance(version, str) else None
    return None


def _remember(remembered: Path, key: list[object], version: str) -> None:
    """Keep the version; a disk that refuses costs a start of Trivy each time, nothing else."""
    with suppress(OSError):
        remembered.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=remembered.parent, delete=False) as file:
            json.dump({"binary": key, "version": version}, file)
        Path(file.name).replace(remembered)


def _ask(binary: str) -> str:
    with workspace.opened(None) as place:
        arguments = ["--version", "--format", "json", "--cache-dir", str(place.cache)]
        outcome = command.run(binary, arguments, place, _LIMIT)
        with place.output.open("rb") as output:
            printed = output.read(_MOST)
    with suppress(ValueError):
        said = json.loads(printed)
        if outcome.code == 0 and isinstance(said, dict) and isinstance(said.get("Version"), str):
            return str(said["Version"])
    raise StartError(f"{binary} does not tell a version as Trivy does: set trivy.binary to Trivy")


def _recent(version: str) -> str:
    found = _VERSION.fullmatch(version)
    if found is None:
        raise StartError(
            f"this Trivy says that its version is {version[:60]!r}, which cannot be compared: "
            "build it with a version, or install a release"
        )
    if tuple(map(int, found.groups())) < OLDEST:
        raise StartError(
            f"this Trivy is {version}, watcher needs 0.74.0 or later: {command.advice()}"
        )
    return version
