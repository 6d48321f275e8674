"""Breaks each rule of the match in turn and shows the test that fails: `make mutate`.

A rule whose loss no test notices is an error, and so is one that cannot be broken any more because
its words are gone: the exit code is 1. The tree itself is left alone; copies of it are broken.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from mutations import RULES, Rule

ROOT = Path(__file__).parents[1]
PARTS = ("watcher", "tests", "migrations", "tools", "benchmarks", "pyproject.toml", "docs")
LONGEST = 300  # seconds for the tests of one rule
PASSED, FAILED = 0, 1  # what pytest exits with
_FAILED_TEST = re.compile(r"^FAILED (.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What came of breaking one rule; `guard` is the test that noticed, None where none did."""

    rule: Rule
    guard: str | None
    trouble: str
    seconds: float


def main(arguments: Sequence[str]) -> int:
    """Break the rules whose names hold a text, or all; the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("-k", metavar="TEXT", default="", help="only rules that hold this text")
    asked.add_argument("-j", metavar="N", type=int, default=os.cpu_count() or 1, help="at once")
    options = asked.parse_args(arguments)
    rules = [rule for rule in RULES if options.k.lower() in rule.says.lower()]
    with tempfile.TemporaryDirectory(prefix="watcher-mutate-") as name:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(max(1, options.j)):
            copies.put(_copy(Path(name) / str(number)))
        trouble = _whole(copies, rules)
        if trouble:
            print(f"nothing is broken yet and tests fail: {trouble}")
            return 1
        with ThreadPoolExecutor(max(1, options.j)) as workers:
            verdicts = list(workers.map(lambda rule: _tell(_tried(copies, rule)), rules))
    unguarded = [one for one in verdicts if one.guard is None]
    print(f"\nrules {len(verdicts)}, guarded {len(verdicts) - len(unguarded)}")
    for one in unguarded:
        print(f"  NOT GUARDED  {one.rule.says}: {one.trouble}")
    return 1 if unguarded or not verdicts else 0


def _copy(folder: Path) -> Path:
    folder.mkdir()
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, folder / part)
    return folder


def _whole(copies: SimpleQueue[Path], rules: Sequence[Rule]) -> str:
    """Run every test that is to notice something on the whole tree; what fails, "" if nothing."""
    tests = sorted({test for rule in rules for test in rule.tests})
    folder = copies.get()
    try:
        code, printed = _tests(folder, tests) if tests else (PASSED, "")
    finally:
        copies.put(folder)
    return "" if code == PASSED else ", ".join(_FAILED_TEST.findall(printed)) or printed[-2000:]


def _tried(copies: SimpleQueue[Path], rule: Rule) -> Verdict:
    """Break a rule in a copy of the tree, run its tests, and mend the copy."""
    folder, begun = copies.get(), time.perf_counter()
    try:
        path = folder / rule.file
        whole = path.read_text(encoding="utf-8") if path.is_file() else ""
        if whole.count(rule.words) != 1:
            return Verdict(rule, None, "its words are not in the code any more", 0.0)
        path.write_text(whole.replace(rule.words, rule.instead), encoding="utf-8")
        try:
            code, printed = _tests(folder, rule.tests)
        finally:
            path.write_text(whole, encoding="utf-8")
    finally:
        copies.put(folder)
    seconds = time.perf_counter() - begun
    found = _FAILED_TEST.search(printed)
    if code == FAILED and found:
        return Verdict(rule, found[1], "", seconds)
    why = "no test notices" if code == PASSED else f"its tests do not run: {printed[-500:]}"
    return Verdict(rule, None, why, seconds)


def _tests(folder: Path, tests: Sequence[str]) -> tuple[int, str]:
    """Run tests of a copy until one fails; the exit code and what was printed."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*command, *tests],
            check=False,
            capture_output=True,
            cwd=folder,
            env=environment,
            text=True,
            timeout=LONGEST * max(1, len(tests)),
        )
    except subprocess.TimeoutExpired:
        return -1, "they have no end"
    return done.returncode, done.stdout + done.stderr


def _tell(one: Verdict) -> Verdict:
    said = f"guarded by {one.guard}" if one.guard else f"NOT GUARDED: {one.trouble[:120]}"
    print(f"{one.rule.says}\n    {said} ({one.seconds:.1f} s)", flush=True)
    return one


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
