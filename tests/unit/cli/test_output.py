"""Results go out whole: to a file or not at all, to a reader as long as there is one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import typer

from watcher.cli import exits
from watcher.cli.output import emit
from watcher.domain.errors import UsageError


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("before")
    file.chmod(0o640)
    emit("after\n", file)
    assert file.read_text() == "after\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_a_new_file_is_readable_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        emit("text", tmp_path / "new")
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("before")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    emit("after", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "after"


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.json"
    file.write_text("before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match=r"report\.json cannot be written: No space left"):
        emit("after", file)
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: No such file or directory"):
        emit("text", tmp_path / "missing" / "file")


def test_a_device_is_written_to_as_it_is() -> None:
    emit("text", Path(os.devnull))
    assert Path(os.devnull).is_char_device()


def test_a_reader_that_went_away_ends_the_command_quietly(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as gone:  # noqa: PTH123 - of a number, not a path
        monkeypatch.setattr(sys, "stdout", gone)
        with pytest.raises(typer.Exit) as ending:
            emit("x" * 1_000_000, None)
        monkeypatch.undo()
    assert ending.value.exit_code == exits.NO_READER
    assert capfd.readouterr().err == ""
