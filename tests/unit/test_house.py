"""The house keeps its own rules: locks, dependencies, pages, poisoned unit tests."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")
PINNED = re.compile(r"^[a-z0-9-]+(?:\[[a-z,]+\])?==[^ ]+(?: ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
# Folders of one person's machine; a page that names one helps nobody else.
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:root|home|Users)/")


def name_of(requirement: str) -> str:
    found = REQUIREMENT.match(requirement)
    assert found, requirement
    return found.group().lower()


def pins_of(lock: Path) -> dict[str, str]:
    pins = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if PINNED.match(line):
            name, _, version = line.removesuffix(" \\").partition("==")
            pins[name.partition("[")[0]] = version.partition(" ;")[0]
    return pins


def direct_dependencies() -> set[str]:
    groups = PROJECT["dependency-groups"].values()
    every = [*PROJECT["project"]["dependencies"], *(name for group in groups for name in group)]
    return {name_of(requirement) for requirement in every}


def test_there_are_locks_for_running_developing_building_and_go() -> None:
    assert [lock.name for lock in LOCKS] == ["build.lock", "dev.lock", "go.lock", "runtime.lock"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_is_pins_and_hashes_alone(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").splitlines()
    # An index address, an option or a comment with a path would be none of the two.
    assert [line for line in lines if not (PINNED.match(line) or HASH.match(line))] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_has_a_hash(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").splitlines()
    followers = [after for line, after in pairwise(lines) if PINNED.match(line)]
    assert followers
    assert all(HASH.match(after) for after in followers)


def test_every_direct_dependency_is_locked() -> None:
    locked = {name for lock in LOCKS for name in pins_of(lock)}
    assert direct_dependencies() - locked == set()


def test_developers_run_the_versions_that_users_run() -> None:
    runtime, dev = (pins_of(ROOT / "requirements" / f"{name}.lock") for name in ("runtime", "dev"))
    assert {name: dev.get(name) for name in runtime} == runtime


def test_every_direct_dependency_has_its_reason_on_the_page_and_no_other_has() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| .{10,} \|$", page, flags=re.MULTILINE)
    assert set(rows) == direct_dependencies()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_no_path_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert MACHINE_PATH.findall(text) == []
    assert str(ROOT) not in text


def test_every_make_target_of_the_contract_is_there_and_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([a-z]+):.* ## .+$", makefile, flags=re.MULTILINE))
    assert {"setup", "demo", "test", "check", "bench", "lock", "clean"} <= explained


def test_a_unit_test_that_connects_fails() -> None:
    with socket.socket() as client, pytest.raises(pytest.fail.Exception, match="network"):
        client.connect(("127.0.0.1", 9))


def test_a_unit_test_that_resolves_a_name_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="network"):
        socket.create_connection(("registry.example", 443), timeout=1)


def test_a_unit_test_that_starts_a_program_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="program"):
        subprocess.run([sys.executable, "--version"], check=True)


@pytest.mark.parametrize("page", ["engine", "security", "operations"])
def test_every_claim_of_a_page_is_proven_by_tests_that_exist(page: str) -> None:
    claimed = re.findall(r"`(test_\w+)`", (ROOT / f"docs/{page}.md").read_text(encoding="utf-8"))
    sources = (ROOT / "tests").rglob("test_*.py")
    there = {name for one in sources for name in re.findall(r"def (test_\w+)\(", one.read_text())}
    assert len(claimed) > 15
    assert sorted(set(claimed) - there) == []
