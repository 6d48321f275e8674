"""The version of a binary is remembered as long as the file is the same."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from watcher.adapters.scanners.trivy.version import find_binary, read_version
from watcher.domain.errors import StartError


@pytest.fixture
def binary(tmp_path: Path) -> str:
    path = tmp_path / "trivy"
    path.write_text("#!/bin/sh\nexit 1\n")
    path.chmod(0o755)
    return str(path)


def remember(binary: str, folder: Path, version: object, *, size: int | None = None) -> Path:
    status = Path(binary).stat()
    key = [binary, status.st_size if size is None else size, status.st_mtime_ns]
    path = folder / "remembered.json"
    path.write_text(json.dumps({"binary": key, "version": version}))
    return path


def test_a_remembered_version_starts_no_trivy(binary: str, tmp_path: Path) -> None:
    assert read_version(binary, remember(binary, tmp_path, "0.74.0")) == "0.74.0"


@pytest.mark.parametrize("version", ["0.73.9", "0.9.0"])
def test_an_old_trivy_is_refused(binary: str, tmp_path: Path, version: str) -> None:
    with pytest.raises(StartError, match=r"needs 0\.74\.0"):
        read_version(binary, remember(binary, tmp_path, version))


@pytest.mark.parametrize("version", ["0.74.0", "0.75.1", "1.0.0", "v0.74.0", "0.80.0-rc.1"])
def test_a_newer_trivy_is_welcome(binary: str, tmp_path: Path, version: str) -> None:
    assert read_version(binary, remember(binary, tmp_path, version)) == version


@pytest.mark.parametrize("version", ["dev", "", "1", "latest\n"])
def test_a_trivy_that_tells_no_version_is_refused(
    binary: str, tmp_path: Path, version: str
) -> None:
    with pytest.raises(StartError, match="cannot be compared"):
        read_version(binary, remember(binary, tmp_path, version))


def test_a_missing_trivy_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"trivy\.binary"):
        find_binary(str(tmp_path / "nowhere"))


def test_a_binary_is_found_behind_its_links(binary: str, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(binary)
    assert find_binary(str(link)) == os.path.realpath(binary)
