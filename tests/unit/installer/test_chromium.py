"""The Chromium of the browser tests: where it is looked for, and what is said where none is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from installer import chromium, debian
from installer.step import Log, StepError

WAYS = ("_linked", "_downloaded", "_unpacked")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty `.tools`, and a PATH that starts with its programs, as `make` sets it."""
    tools = tmp_path / "tools"
    monkeypatch.setattr(chromium, "BIN", tools / "bin")
    monkeypatch.setattr(chromium, "PRODUCT", tools / "bin" / "chromium")
    monkeypatch.setattr(chromium, "FOLDER", tools / "chromium")
    (tools / "bin").mkdir(parents=True)
    (tmp_path / "usr").mkdir()
    monkeypatch.setenv("PATH", os.pathsep.join([str(tools / "bin"), str(tmp_path / "usr")]))
    return tools


def a_program(path: Path) -> Path:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def no_way(log: Log) -> None:
    raise StepError(f"not this way, says {log.path.name}")


def test_the_one_that_setup_made_is_not_the_one_on_path(place: Path, tmp_path: Path) -> None:
    a_program(place / "bin" / "chromium")
    assert chromium.on_path() is None
    installed = a_program(tmp_path / "usr" / "google-chrome")
    assert chromium.on_path() == installed
    first = a_program(tmp_path / "usr" / "chromium")
    assert chromium.on_path() == first


def test_a_browser_that_comes_to_path_is_a_reason_to_try_again(tmp_path: Path) -> None:
    before = chromium.step()
    a_program(tmp_path / "usr" / "chromium")
    assert chromium.step().key != before.key
    assert chromium.step().does == f"uses {tmp_path / 'usr' / 'chromium'}"


def test_where_no_way_works_one_line_names_them_and_the_log_says_why(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for way in WAYS:
        monkeypatch.setattr(chromium, way, no_way)
    log = Log(tmp_path / "chromium.log")
    with pytest.raises(StepError, match=r"^no Chromium by way of PATH, Playwright, apt; put") as no:
        chromium._install(log)
    assert "\n" not in str(no.value)
    said = log.path.read_text().splitlines()
    assert said[1] == "no Chromium by way of Playwright: not this way, says chromium.log"
    assert not (place / "bin" / "chromium").exists()


def test_a_browser_that_does_not_start_is_left_for_the_next_way(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = place / "bin" / "chromium"

    def tried(_: Log, command: list[str], **__: object) -> None:
        assert Path(command[-1]) == product
        if product.read_text() == "broken":
            raise StepError("it does not start")

    monkeypatch.setattr(chromium, "_linked", no_way)
    monkeypatch.setattr(chromium, "_downloaded", lambda _: product.write_text("broken"))
    monkeypatch.setattr(chromium, "_unpacked", lambda _: product.write_text("whole"))
    monkeypatch.setattr(Log, "run", tried)
    chromium._install(Log(tmp_path / "chromium.log"))
    assert product.read_text() == "whole"


def test_who_needs_a_browser_where_none_is_hears_why_setup_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StepError, match="run make setup"):
        chromium.program()
    step = chromium.step()
    monkeypatch.setattr(type(step), "given_up", lambda _: "no Chromium by way of apt")
    with pytest.raises(StepError, match="no Chromium by way of apt"):
        chromium.program()
    installed = a_program(tmp_path / "usr" / "chromium")
    assert chromium.program() == installed


def test_a_machine_without_apt_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="no apt"):
        debian.unpack(["chromium"], tmp_path / "debian", Log(tmp_path / "log"))


def test_libraries_are_found_wherever_packages_put_them(tmp_path: Path) -> None:
    for name in ("usr/lib/x/libone.so.1", "usr/lib/x/sub/libtwo-16.1.so", "lib/x/libthree.so.2"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "usr" / "lib" / "y").mkdir()
    folders = debian.libraries(tmp_path).split(os.pathsep)
    assert folders == [str(tmp_path / one) for one in ("lib/x", "usr/lib/x", "usr/lib/x/sub")]
