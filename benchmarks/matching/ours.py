"""watcher's side: passes made as a user makes them, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, text

from benchmarks.fleet import START
from benchmarks.matching.town import Town
from benchmarks.trivy import Found, Row

_LOOK: Final = 0.1  # seconds between two looks at how much memory a pass takes
_PEAK: Final = "VmHWM:"  # proc(5): the peak of what is resident, in kB

_DERIVED: Final = """
SELECT r.path, v.name, p.name AS package, p.version, a.fixed_version, a.severity
FROM bindings b JOIN streams s ON s.id = b.stream_id JOIN repositories r ON r.id = s.repository_id
JOIN catalogues c ON c.image_id = b.image_id JOIN catalogue_sets cs ON cs.catalogue_id = c.id
JOIN package_set_members m ON m.set_id = cs.set_id JOIN packages p ON p.id = m.package_id
JOIN matches x ON x.package_id = p.id AND x.closed_in IS NULL
JOIN assessments a ON a.package_id = p.id AND a.vulnerability_id = x.vulnerability_id
  AND a.closed_in IS NULL
JOIN vulnerabilities v ON v.id = x.vulnerability_id
WHERE b.end_at IS NULL AND b.superseded_in IS NULL
  AND r.path IN (SELECT value FROM json_each(:paths))
"""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass: how long it took, how much of that some Trivy ran, and its peak memory."""

    seconds: float
    trivy: float
    megabytes: float
    document: dict[str, Any]

    @property
    def outside(self) -> float:
        """Seconds in which no Trivy ran."""
        return self.seconds - self.trivy

    def count(self, name: str) -> int:
        """One of its counts."""
        return int(self.document["counts"].get(name, 0))


def sync(town: Town, day: float, *only: str) -> Pass:
    """Make a pass."""
    at = (START + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")
    command = [sys.executable, "-m", "watcher", "--config", str(town.configuration), "sync"]
    command += ["--at", at, "--format", "json", "-o", str(town.folder / "pass.json")]
    command += ["--only", *only] if only else []
    since, begun = time.time(), time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        peak = _Peak(running.pid)
        said = running.stderr.read() if running.stderr else ""
        code = running.wait()
    seconds = time.perf_counter() - begun
    if code:
        raise RuntimeError(f"sync exited {code}: {said.strip()[:2000]}")
    document = json.loads((town.folder / "pass.json").read_text())
    return Pass(seconds, town.trivy_seconds(since), peak.told(), document)


def derived(town: Town, repositories: Iterable[str]) -> dict[str, Found]:
    """What watcher derives for the images of some repositories."""
    paths = list(repositories)
    engine = create_engine(f"sqlite:///{town.folder / 'watcher.db'}")
    told: dict[str, set[Row]] = {path: set() for path in paths}
    with engine.connect() as connection:
        rows = connection.execute(text(_DERIVED), {"paths": json.dumps(paths)})
        for path, name, package, version, fixed, severity in rows:
            told[path].add((name, package, version, fixed, severity))
    engine.dispose()
    return {path: frozenset(found) for path, found in told.items()}


def contexts(town: Town) -> int:
    """How many contexts of an OS the fleet has, and one for languages."""
    engine = create_engine(f"sqlite:///{town.folder / 'watcher.db'}")
    with engine.connect() as connection:
        number = connection.scalar(text("SELECT count(*) FROM contexts"))
    engine.dispose()
    return int(number or 0)


class _Peak:
    """Watches a process's memory until it ends; its children's is their own."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._kilobytes: dict[str, int] = defaultdict(int)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def told(self) -> float:
        """The peak in megabytes."""
        self._thread.join(_LOOK * 10)
        return self._kilobytes[_PEAK] / 1024

    def _watch(self) -> None:
        while True:
            try:
                lines = self._status.read_text().splitlines()
            except OSError:
                return
            told = [line.split()[1] for line in lines if line.startswith(_PEAK)]
            if not told:
                return
            self._kilobytes[_PEAK] = max(self._kilobytes[_PEAK], int(told[0]))
            time.sleep(_LOOK)
