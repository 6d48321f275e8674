"""What is asked of a record of years: folds, reports, lists and a recount, by time and memory.

Each is asked as whoever asks for it would: by the command in a process of its own, and what the
command does measured inside this one too. Memory is the most that a process of its own ever held.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, func, select

from benchmarks.ledger.facts import REGISTRY, seen_at
from benchmarks.ledger.years import DAYS, TEAMS
from benchmarks.peak import PEAK
from benchmarks.scale_sheet import Sheet, size_on_disk
from watcher.adapters.store.tables.ledger import episodes
from watcher.bootstrap import App, build
from watcher.config import load
from watcher.reading import management
from watcher.reading.reading import Asked, Reading
from watcher.report.pages.report import page
from watcher.report.written import written

T = TypeVar("T")

AS_OF = "%Y-%m-%dT%H:%M:%SZ"
_MEBI_OF_KIBI = 1024


@dataclass(frozen=True, slots=True)
class Asking:
    """A record as commands find it: by a configuration."""

    config: Path
    at: datetime

    @classmethod
    def of(cls, folder: Path, url: str) -> Asking:
        """Write a configuration for a record."""
        owners = [{"match": f"{REGISTRY}/team{n}/**", "team": f"team{n}"} for n in range(TEAMS)]
        registry = {"name": REGISTRY, "kind": "oci", "url": "http://127.0.0.1:5000"}
        told = {
            "database": {"url": url},
            "state": str(folder / "state"),
            "registries": [{**registry, "include": ["**"]}],
            "bases": [f"{REGISTRY}/base/**"],
            "owners": owners,
        }
        path = folder / "watcher.yaml"
        path.write_text(json.dumps(told))  # JSON is YAML
        return cls(path, seen_at(DAYS))

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """The record, read as of its last pass."""
        with build(load(self.config, {})) as app:
            yield self._read(app)

    def _read(self, app: App) -> Reading:
        return Reading.of(app, Asked(self.at), self.at)

    def process(self, sheet: Sheet, what: str, *command: str) -> None:
        """Run a command in a process of its own, and take down what that takes."""
        self.now(sheet, what, *command, "--as-of", f"{self.at:{AS_OF}}")

    def now(self, sheet: Sheet, what: str, *command: str) -> None:
        """The same of a command that tells of now."""
        asked = ["--config", str(self.config), *command, "--output", os.devnull]
        _in_process(sheet, what, ["watcher", *asked])


def _in_process(sheet: Sheet, what: str, module: Sequence[str]) -> str:
    """Run a module in a process of its own; takes down seconds and memory, returns what it says."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.peak", *module],
        check=True,
        capture_output=True,
        text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = ran.stderr.splitlines()[-1].removeprefix(PEAK).split()[0]
    sheet.note(f"{what}, s", time.perf_counter() - begun)
    sheet.note(f"{what}, s of processor", used)
    sheet.note(f"{what}, MiB at most", int(peak) / _MEBI_OF_KIBI)
    return ran.stdout


def measure_reading(sheet: Sheet, engine: Engine, asking: Asking) -> None:
    """Measure what is read of a record, and what it takes on disk."""
    with engine.connect() as connection:
        sheet.note("episodes", connection.scalar(select(func.count()).select_from(episodes)) or 0)
    sheet.note("size on disk, MiB", size_on_disk(engine))
    with asking.reading() as record:
        told = _timed(sheet, "report", lambda: management.report(record))
        _timed(sheet, "report written as JSON", lambda: written(told))
        _timed(sheet, "report drawn as a page", lambda: page(told, standalone=True))
    asking.process(sheet, "watcher report --format json", "report", "--format", "json")
    asking.process(sheet, "watcher report --format html", "report", "--format", "html")
    for what in ("watcher report of now", "watcher report of now, asked again"):
        asking.now(sheet, what, "report", "--format", "json")
    asking.process(sheet, "watcher exposures --open", "exposures", "--open", "--format", "json")


def measure_rebuild(sheet: Sheet, asking: Asking) -> None:
    """Measure the whole ledger folded anew and compared."""
    asking.process(sheet, "watcher rebuild", "rebuild", "--format", "json")


def measure_fold(sheet: Sheet, url: str) -> None:
    """Measure a pass that changes a hundredth of the matches, which changes the record."""
    told = _in_process(sheet, "delta of 1 %, a process", ["benchmarks.ledger.delta", url])
    sheet.figures |= json.loads(told)


def _timed(sheet: Sheet, what: str, work: Callable[[], T]) -> T:
    """Take down how long a piece of work takes, by the clock and of a processor."""
    begun, used = time.perf_counter(), time.process_time()
    result = work()
    sheet.note(f"{what}, s", time.perf_counter() - begun)
    sheet.note(f"{what}, s of processor", time.process_time() - used)
    return result
