"""Where a registry keeps its bytes, for tests that spoil them."""

from __future__ import annotations

from pathlib import Path

from watcher.demo.workshop import Registry


def stored(registry: Registry, digest: str) -> Path:
    """The file in which a registry keeps the bytes of a digest."""
    hexadecimal = digest.removeprefix("sha256:")
    (file,) = registry.log.parent.glob(f"storage/**/blobs/sha256/*/{hexadecimal}/data")
    return file
