"""What Trivy itself says of this tree: how it is deployed, and what lies in it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.integration.containers.conftest import ROOT
from watcher.demo.workshop.locate import find_tool

# Said of the manifest, with the reason why that is so.
KNOWN = {
    "KSV-0011": "no limit of processor time: a pass that is throttled holds its locks for longer",
    "KSV-0125": "registry.example stands for whoever's registry it will be",
}

# Made by setup, by tests and by the demo; git has none of it.
MADE = (".git", ".hypothesis", ".mypy_cache", ".ruff_cache", ".tools", ".venv", "var")


def looked_at(command: str, folder: Path, *options: str) -> list[dict[str, Any]]:
    """What Trivy finds in a folder, asking nobody."""
    told = subprocess.run(
        [str(find_tool("trivy")), command, "--quiet", "--format=json", *options, str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    results: list[dict[str, Any]] = json.loads(told.stdout).get("Results", [])
    return results


def deployed(folder: Path) -> list[dict[str, Any]]:
    """What it finds wrong with how a tree is deployed."""
    results = looked_at("config", folder, "--skip-check-update")
    return [one for result in results for one in result.get("Misconfigurations", [])]


def secrets(folder: Path) -> Iterator[str]:
    """Where it finds secrets."""
    made = [f"--skip-dirs={name}" for name in MADE]
    quietly = ("--offline-scan", "--skip-db-update", "--no-progress")
    for result in looked_at("fs", folder, "--scanners=secret", *quietly, *made):
        yield from (f"{result['Target']}: {one['Title']}" for one in result.get("Secrets", []))


def test_nothing_is_wrong_with_how_it_is_deployed_but_what_has_a_reason(tmp_path: Path) -> None:
    for name in ("Dockerfile", "config/kubernetes/watcher.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    assert Counter(one["ID"] for one in deployed(tmp_path)).keys() == KNOWN.keys()


def test_a_container_that_runs_as_root_would_be_told(tmp_path: Path) -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    weak = "\n".join(line for line in text.splitlines() if not line.startswith("USER "))
    (tmp_path / "Dockerfile").write_text(weak, encoding="utf-8")
    assert "DS-0002" in {one["ID"] for one in deployed(tmp_path)}


def test_no_secret_lies_in_the_tree() -> None:
    assert list(secrets(ROOT)) == []


def test_one_would_be_told(tmp_path: Path) -> None:
    made_up = "".join(reversed("mlkjihgfedcba9876543210zyxwvutsrqpon_phg"))
    (tmp_path / "settings.py").write_text(f'TOKEN = "{made_up}"\n')
    assert len(list(secrets(tmp_path))) == 1
