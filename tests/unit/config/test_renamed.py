"""Keys that got another name: read under both for a while, and told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.config import Config, load
from watcher.config.renamed import RenamedKey
from watcher.domain.errors import UsageError

DEEP = RenamedKey("trivy", "hands", "workers", since="0.3", until="0.5")
LISTED = RenamedKey("registries[]", "address", "url", since="0.3", until="0.5")
TOP = RenamedKey("", "patience", "stale_after", since="0.3", until="0.5")
EVERY = (DEEP, LISTED, TOP)


def loaded(folder: Path, text: str, **environment: str) -> Config:
    file = folder / "watcher.yaml"
    file.write_text(text)
    return load(file, environment, EVERY)


def test_an_old_name_is_read_and_its_line_and_new_name_are_told(tmp_path: Path) -> None:
    config = loaded(tmp_path, "state: var\ntrivy:\n  hands: 3\n")
    assert config.trivy.workers == 3
    (line,) = config.advice
    assert line == (
        f"{tmp_path}/watcher.yaml:3: `hands` is called `workers` since 0.3: rename it, "
        "0.5 will not read it any more"
    )


def test_so_is_one_in_each_entry_of_a_list_and_one_at_the_top(tmp_path: Path) -> None:
    registry = "  - {{name: {0}, kind: oci, address: 'http://127.0.0.1:5000'}}\n"
    text = "patience: 2h\nregistries:\n" + registry.format("a") + registry.format("b")
    config = loaded(tmp_path, text)
    assert [one.url for one in config.registries if one.kind == "oci"] == [
        "http://127.0.0.1:5000"
    ] * 2
    assert config.stale_after.total_seconds() == 7200
    assert [line.partition(":")[2].partition(":")[0] for line in config.advice] == ["3", "4", "1"]


def test_a_variable_by_an_old_name_is_read_and_told_of(tmp_path: Path) -> None:
    given = {"WATCHER_TRIVY__HANDS": "3", "WATCHER_PATIENCE": "2h"}
    config = loaded(tmp_path, "", **given)
    assert (config.trivy.workers, config.stale_after.total_seconds()) == (3, 7200)
    assert [line.partition(":")[0] for line in config.advice] == list(given)


def test_both_names_of_a_key_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"trivy\.hands: `hands` is called `workers`.*as well"):
        loaded(tmp_path, "trivy: {hands: 3, workers: 4}")


def test_what_is_wrong_under_an_old_name_is_told_like_any_other(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="workers"):
        loaded(tmp_path, "trivy: {hands: many}")
    with pytest.raises(UsageError, match="trivy"):
        loaded(tmp_path, "trivy: hands")
