"""A database file is whole, or refused without starting Trivy."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from watcher.adapters.scanners.trivy.database import check_whole
from watcher.demo.workshop.bolt import bolt_file
from watcher.domain.errors import PermanentError

WHOLE = bolt_file({"vulnerability": {f"CVE-{number}": b"x" * 500 for number in range(100)}})
META_END = 16 + 64


def write(folder: Path, content: bytes, metadata: str = '{"Version": 2}') -> Path:
    (folder / "trivy.db").write_bytes(content)
    (folder / "metadata.json").write_text(metadata)
    return folder


def damaged(content: bytes, *offsets: int) -> bytes:
    changed = bytearray(content)
    for offset in offsets:
        changed[offset] ^= 0xFF
    return bytes(changed)


def test_a_whole_database_passes(tmp_path: Path) -> None:
    check_whole(write(tmp_path, WHOLE))


def test_one_damaged_meta_page_is_what_the_other_is_for(tmp_path: Path) -> None:
    check_whole(write(tmp_path, damaged(WHOLE, 40)))
    check_whole(write(tmp_path, damaged(WHOLE, 4096 + 40)))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no bbolt file"),
        (b"rubbish" * 4096, "no bbolt file"),
        (b"\0" * len(WHOLE), "no bbolt file"),
        (damaged(WHOLE, 40, 4096 + 40), "no bbolt file"),
        (WHOLE[: len(WHOLE) // 2], "cut off"),
        (WHOLE[:-1], "cut off"),
        (WHOLE[:META_END], "cut off"),
    ],
)
def test_a_damaged_or_truncated_database_is_refused(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(PermanentError, match=reason):
        check_whole(write(tmp_path, content))


@pytest.mark.parametrize("metadata", ["", "{}", "[]", "null", '{"Version": 1}', "rubbish"])
def test_metadata_of_another_schema_is_refused(tmp_path: Path, metadata: str) -> None:
    with pytest.raises(PermanentError, match="version"):
        check_whole(write(tmp_path, WHOLE, metadata))


@pytest.mark.parametrize("missing", ["trivy.db", "metadata.json"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    (write(tmp_path, WHOLE) / missing).unlink()
    with pytest.raises(PermanentError, match=missing):
        check_whole(tmp_path)


def test_the_page_count_is_read_from_the_latest_transaction(tmp_path: Path) -> None:
    pages = struct.unpack_from("<Q", WHOLE, 16 + 40)[0]
    assert pages * 4096 == len(WHOLE)
    assert json.loads((write(tmp_path, WHOLE) / "metadata.json").read_text())["Version"] == 2
