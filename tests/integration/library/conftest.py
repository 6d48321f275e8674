"""Archives of real databases, and a library in a temporary folder."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watcher.adapters.library import FolderLibrary
from watcher.demo.workshop import (
    JavaArtifact,
    OsAdvisory,
    VulnerabilityDetail,
    java_database,
    trivy_database,
)

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def db() -> bytes:
    """A real archive of a real database, as a registry serves it."""
    advisory = OsAdvisory("debian 12", "openssl", "CVE-2024-1", fixed_version="3.0.2")
    detail = VulnerabilityDetail("CVE-2024-1", severity="HIGH", title="a flaw")
    return trivy_database([advisory], [detail], updated_at=NOON).artifact().layers[0].content


@pytest.fixture(scope="session")
def java_db() -> bytes:
    jars = [JavaArtifact("org.example", "thing", "1.0", "ab" * 20)]
    return java_database(jars, updated_at=NOON).artifact().layers[0].content


@pytest.fixture
def library(tmp_path: Path) -> FolderLibrary:
    return FolderLibrary(tmp_path / "var")


Entry = tuple[str | tarfile.TarInfo, bytes]


@pytest.fixture(scope="session")
def packed() -> Callable[..., bytes]:
    """Pack entries, of which a name stands for a plain file."""

    def pack(*entries: Entry, tar_format: int = tarfile.GNU_FORMAT) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz", format=tar_format) as archive:
            for named, content in entries:
                entry = tarfile.TarInfo(named) if isinstance(named, str) else named
                if entry.isreg():
                    entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        return buffer.getvalue()

    return pack
