"""The log of a step, and the programs that write to it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from installer.step import Log, StepError

# A program that waits for one of its own, as Playwright's and Go's do.
WAITING = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(str(child.pid))
try:
    child.wait()
finally:
    child.kill()
"""


def test_a_program_that_takes_too_long_ends_with_what_it_started(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(StepError, match=r"^gave up after 0 min; look again$"):
        Log(tmp_path / "log").run(
            [sys.executable, "-c", WAITING, str(tmp_path / "pid")], advice="look again", timeout=3
        )
    assert time.monotonic() - began < 30
    child = Path("/proc", (tmp_path / "pid").read_text(), "cmdline")
    deadline = time.monotonic() + 10
    while child.exists() and child.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (child.exists() and child.read_bytes())


def test_a_program_that_fails_is_told_by_its_last_words(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    with pytest.raises(StepError, match=r"^it was so \(exit code 3\); mend it$"):
        log.run([sys.executable, "-c", "print('it was so'); exit(3)"], advice="mend it", timeout=60)
    assert log.path.read_text().startswith(f"$ {sys.executable} -c ")


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"^no-such-program did not start"):
        Log(tmp_path / "log").run(["no-such-program"], advice="install it", timeout=60)
