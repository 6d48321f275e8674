"""`watcher init`: what it writes loads as it is, and nothing is written over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from watcher.cli.application import run
from watcher.cli.session import Session
from watcher.config import load
from watcher.config.model import Config
from watcher.config.start import starting_text

ROOT = Path(__file__).resolve().parents[3]


def init(file: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> int:
    session = Session(environment=environment or {})
    return run(["--config", str(file), "init", *arguments], session)


def test_it_loads_and_is_what_holds_without_a_file(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "watcher.yaml"
    assert init(file) == 0
    read = load(file, {})
    assert read.model_copy(update={"trivy": Config().trivy}) == Config()
    assert read.trivy.model_copy(update={"binary": "trivy"}) == Config().trivy
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_registry_is_watched_whole(tmp_path: Path) -> None:
    file = tmp_path / "watcher.yaml"
    assert init(file, "--registry", "https://Registry.example:5000") == 0
    (registry,) = load(file, {}).registries
    assert registry.name == "registry.example"


def test_what_is_there_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "watcher.yaml"
    file.write_text("stale_after: 1h\n")
    assert init(file) == 2
    assert file.read_text() == "stale_after: 1h\n"
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["registry.example", "https://a:b@c", 'x"} , {y: "z'])
def test_an_address_that_is_none_leaves_no_file(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "watcher.yaml"
    assert init(file, "--registry", address) == 2
    assert not file.exists()
    assert "registries[0].url" in capsys.readouterr().err


def test_a_place_where_nothing_can_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert init(tmp_path / "file" / "watcher.yaml") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_file_of_a_checkout_is_the_one_that_is_written() -> None:
    checked_out = (ROOT / "config" / "watcher.yaml").read_text(encoding="utf-8")
    assert checked_out == starting_text("trivy", None)
