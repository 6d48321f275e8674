"""What to do where there is no Trivy that serves."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.adapters.scanners.trivy.command import advice


def test_a_checkout_without_trivy_is_told_to_set_up(tmp_path: Path) -> None:
    assert advice(tmp_path / "trivy").endswith("or run `make setup`")


def test_where_setup_has_built_one_its_place_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tmp_path / ".tools" / "bin" / "trivy"
    built.parent.mkdir(parents=True)
    built.touch()
    assert advice(built) == f"`make setup` has built one: set trivy.binary to {built}"
    monkeypatch.chdir(tmp_path)
    assert advice(built).endswith("set trivy.binary to .tools/bin/trivy")
