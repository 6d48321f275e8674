"""Running a scanner that misbehaves: it hangs, floods, dies or talks nonsense."""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from watcher.adapters.scanners.trivy import TrivyScanner, command
from watcher.demo.workshop.locate import find_tool
from watcher.domain.errors import PermanentError, StartError, TransientError
from watcher.domain.package import Package
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles

PACKAGE = Package("wolfi", "curl@1", "curl", "1", {"version": "1"})
SECRET = "hunter2"  # noqa: S105 - nobody's
IMAGE = PullAccess("registry.test/app@sha256:0", False, "bob", SECRET)  # noqa: FBT003 - as the port has it
QUIET = [
    "--skip-db-update",
    "--skip-java-db-update",
    "--offline-scan",
    "--skip-version-check",
    "--disable-telemetry",
    "--cache-backend=memory",
]


EATER = """\
#!{python}
import sys, time
time.sleep(0.5)
try:
    eaten = bytearray(1 << 30)
except MemoryError:
    sys.exit("fatal error: runtime: out of memory")
"""


def stub(folder: Path, script: str, timeout: float = 30.0) -> TrivyScanner:
    """Make a scanner of a shell script."""
    path = folder / "trivy"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return TrivyScanner(str(path), folder / "state", timeout)


def knowledge(folder: Path) -> KnowledgeFiles:
    return KnowledgeFiles(folder)


def alive(process: int) -> bool:
    """Tell whether a process runs; one that is dead and not yet reaped does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_scanner_that_hangs_is_ended_with_all_its_children(tmp_path: Path) -> None:
    children = tmp_path / "children"
    script = f"sleep 1000 & echo $! > {children}; wait"
    started = time.monotonic()
    with pytest.raises(TransientError, match=r"matching wolfi: .*after 1 s.*trivy\.timeout"):
        stub(tmp_path, script, timeout=1).match("wolfi", [PACKAGE], knowledge(tmp_path))
    assert time.monotonic() - started < 10
    child = int(children.read_text())
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(child)


def test_a_scanner_that_closes_its_outputs_and_hangs_is_ended_too(tmp_path: Path) -> None:
    with pytest.raises(TransientError, match="after 1 s"):
        stub(tmp_path, "exec >&- 2>&-; sleep 1000", 1).match(
            "wolfi", [PACKAGE], knowledge(tmp_path)
        )


def test_a_scanner_that_never_stops_talking_is_ended(tmp_path: Path) -> None:
    with pytest.raises(TransientError, match="after 1 s"):
        stub(tmp_path, "while :; do echo; sleep 0.01; done", 1).match(
            "wolfi", [PACKAGE], knowledge(tmp_path)
        )


def test_a_scanner_that_is_told_to_stop_ends_what_runs_and_starts_no_more(tmp_path: Path) -> None:
    scanner = stub(tmp_path, f"touch {tmp_path}/started; sleep 1000")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(scanner.match, "wolfi", [PACKAGE], knowledge(tmp_path))
        while not (tmp_path / "started").exists():
            time.sleep(0.01)
        scanner.stop()
        with pytest.raises(TransientError, match="watcher ends"):
            running.result(timeout=10)
    with pytest.raises(TransientError, match="watcher ends"):
        scanner.match("wolfi", [PACKAGE], knowledge(tmp_path))


def test_a_scanner_that_floods_us_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "OUTPUT_LIMIT", 1 << 20)
    with pytest.raises(PermanentError, match="bytes"):
        stub(tmp_path, "yes").match("wolfi", [PACKAGE], knowledge(tmp_path))


def test_a_log_without_end_is_kept_at_both_ends(tmp_path: Path) -> None:
    script = (
        "echo first >&2; yes | head -c 3000000 >&2; printf 'x\\tFATAL\\tlast words\\n' >&2; exit 1"
    )
    with pytest.raises(PermanentError, match="last words"):
        stub(tmp_path, script).match("wolfi", [PACKAGE], knowledge(tmp_path))


@pytest.mark.parametrize("script", ["echo rubbish", "exit 0", 'echo \'["result","wolfi",1]\''])
def test_a_scanner_that_prints_rubbish_gave_no_answer(tmp_path: Path, script: str) -> None:
    with pytest.raises(TransientError) as told:
        stub(tmp_path, script).match("wolfi", [PACKAGE], knowledge(tmp_path))
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize("script", ["echo rubbish", "exit 0", "echo '{\"SchemaVersion\": 2,'"])
def test_a_scanner_that_prints_rubbish_gave_no_catalogue(tmp_path: Path, script: str) -> None:
    with pytest.raises(TransientError) as told:
        stub(tmp_path, script).catalog(IMAGE, knowledge(tmp_path))
    assert len(str(told.value).splitlines()) == 1


def test_a_scanner_that_is_killed_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(TransientError, match="signal 9"):
        stub(tmp_path, "kill -9 $$").match("wolfi", [PACKAGE], knowledge(tmp_path))


def test_the_password_is_in_no_argument_no_environment_and_no_message(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = (
        f'(echo "$@"; env) > {seen}; cat "$DOCKER_CONFIG/config.json" >> {seen}.config\n'
        f"printf 'x\\tFATAL\\tFatal error\\tregistry said: {SECRET} is wrong\\n' >&2; exit 1"
    )
    with pytest.raises(PermanentError) as told:
        stub(tmp_path, script).catalog(IMAGE, knowledge(tmp_path))
    assert SECRET not in str(told.value)
    assert "*** is wrong" in str(told.value)
    assert SECRET not in seen.read_text()
    assert IMAGE.reference in seen.read_text()
    assert "registry.test" in json.loads(Path(f"{seen}.config").read_text())["auths"]


def test_trivy_is_told_to_fetch_nothing_and_to_call_nobody(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    scanner = stub(tmp_path, f'echo "$@" >> {seen}; exit 1')
    for attempt in (
        lambda: scanner.catalog(IMAGE, knowledge(tmp_path)),
        lambda: scanner.match("wolfi", [PACKAGE], knowledge(tmp_path)),
    ):
        with pytest.raises(PermanentError):
            attempt()
    told = [line for line in seen.read_text().splitlines() if line.startswith(("image", "sbom"))]
    assert [line.split()[0] for line in told] == ["image", "sbom"]
    for line in told:
        assert set(QUIET) <= set(line.split())


def test_nothing_of_a_run_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with pytest.raises(PermanentError):
        stub(tmp_path, "touch $TMPDIR/layer; exit 1").match("wolfi", [PACKAGE], knowledge(tmp_path))
    assert list(scratch.iterdir()) == []


def test_a_version_is_asked_once_for_each_binary(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    script = f'echo x >> {asked}; echo \'{{"Version": "0.74.0"}}\''
    assert stub(tmp_path, script).version == "0.74.0"
    again = TrivyScanner(str(tmp_path / "trivy"), tmp_path / "state")
    assert again.version == "0.74.0"
    assert again.runs == 0
    assert asked.read_text() == "x\n"
    os.utime(tmp_path / "trivy", ns=(0, 0))
    assert TrivyScanner(str(tmp_path / "trivy"), tmp_path / "state").version == "0.74.0"
    assert asked.read_text() == "x\nx\n"


@pytest.mark.parametrize("script", ["echo Version: 0.74.0", "exit 1", "echo '{}'", "echo '[]'"])
def test_a_program_that_is_no_trivy_is_refused(tmp_path: Path, script: str) -> None:
    with pytest.raises(StartError, match=r"trivy\.binary"):
        _ = stub(tmp_path, script).version


def test_a_binary_that_cannot_start_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "trivy"
    path.write_bytes(b"\x7fELF rubbish")
    path.chmod(0o755)
    with pytest.raises(StartError, match="does not start"):
        _ = TrivyScanner(str(path), tmp_path / "state").version


def test_a_scanner_that_eats_memory_is_ended_at_its_bound_and_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "trivy"
    # Go says as much when it is refused more.
    path.write_text(EATER.format(python=sys.executable))
    path.chmod(0o755)
    said = r"matching wolfi: Trivy crashed: .*out of memory; it may take 256 MiB \(trivy.memory\)"
    with pytest.raises(TransientError, match=said):
        TrivyScanner(str(path), tmp_path / "state", 30, memory=256 << 20).match(
            "wolfi", [PACKAGE], knowledge(tmp_path)
        )


def test_the_real_trivy_says_that_it_met_its_bound(tmp_path: Path) -> None:
    scanner = TrivyScanner(str(find_tool("trivy")), tmp_path / "state", 30, memory=64 << 20)
    # Go gives up in one of several ways, by where it was when it was refused more.
    with pytest.raises(TransientError, match=r"Trivy .*; it may take 64 MiB \(trivy.memory\)"):
        scanner.match("wolfi", [PACKAGE], knowledge(tmp_path))
