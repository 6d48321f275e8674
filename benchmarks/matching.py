"""After a new database: the fleet matched by watcher, beside Trivy's own ways to do it again."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import create_engine, text

from benchmarks.fleet import START, Fleet
from benchmarks.trivy import Found, Trivy
from watcher.demo.workshop import Pusher, Registry, push_all
from watcher.demo.workshop.locate import find_tool

T = TypeVar("T")

_CONFIGURATION = """\
database: {{url: "sqlite:///{folder}/watcher.db"}}
state: "{folder}/state"
trivy: {{binary: "{trivy}", db: ["{mirror}/mirror/trivy-db:2"], java_db: [], workers: {workers}}}
registries: [{{name: local, kind: oci, url: "{registry}", include: ["**"], concurrency: 16}}]
"""

_DERIVED = """
SELECT r.path, v.name, p.name AS package, p.version, a.fixed_version, a.severity
FROM bindings b JOIN streams s ON s.id = b.stream_id JOIN repositories r ON r.id = s.repository_id
JOIN catalogues c ON c.image_id = b.image_id JOIN catalogue_sets cs ON cs.catalogue_id = c.id
JOIN package_set_members m ON m.set_id = cs.set_id JOIN packages p ON p.id = m.package_id
JOIN matches x ON x.package_id = p.id AND x.closed_in IS NULL
JOIN assessments a ON a.package_id = p.id AND a.vulnerability_id = x.vulnerability_id
  AND a.closed_in IS NULL
JOIN vulnerabilities v ON v.id = x.vulnerability_id
WHERE b.end_at IS NULL AND b.superseded_in IS NULL
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the fleet is, and how many scans run side by side."""

    images: int
    packages: int
    workers: int


@dataclass(frozen=True, slots=True)
class Bench:
    """The servers and folders of one run."""

    folder: Path
    size: Size
    fleet: Fleet
    registry: Registry
    mirror: Registry
    configuration: Path

    def publish(self, day: int) -> None:
        """Offer the database of a day."""
        with Pusher(self.mirror.url) as pusher:
            pusher.push_artifact("mirror/trivy-db", "2", self.fleet.database(day).artifact())

    def sync(self, day: float, *only: str) -> dict[str, Any]:
        """Make a pass as a user would, in a process of its own."""
        at = (START + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")
        command = [sys.executable, "-m", "watcher", "--config", str(self.configuration), "sync"]
        command += ["--at", at, "--format", "json"]
        command += ["--only", *only] if only else []
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"sync exited {done.returncode}: {done.stderr.strip()[:2000]}")
        document: dict[str, Any] = json.loads(done.stdout)
        return document


def run(size: Size) -> int:
    """Measure and print; 1 where an image's derived findings differ from Trivy's."""
    with (
        tempfile.TemporaryDirectory(prefix="watcher-bench-") as name,
        _servers(Path(name), size) as bench,
    ):
        references = _push(bench)
        first = _timed("first pass: listing, every catalogue, match, fold", lambda: bench.sync(1))
        _say(f"  {_counts(first[1])}")
        bench.publish(2)
        listing = _timed(
            "listing beside it (sync --only inventory)", lambda: bench.sync(2.5, "inventory")
        )
        ours = _timed(
            "watcher: sync --only knowledge match exposure",
            lambda: bench.sync(3, "knowledge", "match", "exposure"),
        )
        _say(f"  {_counts(ours[1])}; seconds {ours[1]['seconds']}")
        theirs = _trivy(bench, references)
        return _compared(bench, ours[0], listing[0], theirs)


@contextmanager
def _servers(folder: Path, size: Size) -> Iterator[Bench]:
    for part in ("registry", "mirror", "trivy"):
        (folder / part).mkdir()
    with Registry(folder / "registry") as registry, Registry(folder / "mirror") as mirror:
        configuration = folder / "watcher.yaml"
        configuration.write_text(
            _CONFIGURATION.format(
                folder=folder,
                trivy=find_tool("trivy"),
                mirror=mirror.host,
                registry=registry.url,
                workers=size.workers,
            )
        )
        yield Bench(
            folder, size, Fleet(size.images, size.packages), registry, mirror, configuration
        )


def _push(bench: Bench) -> dict[str, str]:
    _say(f"pushing {bench.size.images} images on 12 bases in 5 systems …")
    jobs = list(bench.fleet.jobs())
    digests = push_all(bench.registry.url, jobs)
    bench.publish(0)
    named = zip(jobs, digests, strict=True)
    return {
        job.repository: f"{bench.registry.host}/{job.repository}@{digest}" for job, digest in named
    }


def _trivy(bench: Bench, references: dict[str, str]) -> dict[str, tuple[float, dict[str, Found]]]:
    trivy = Trivy(find_tool("trivy"), bench.folder / "trivy", bench.size.workers)
    database, images = bench.fleet.database(2), list(references.values())
    trivy.load(database)
    ways = {
        "trivy image, layers cold": _timed(
            "trivy image, layers cold", lambda: trivy.scan_all(images)
        )
    }
    ways["trivy image, layers cached"] = _timed(
        "trivy image, layers cached", lambda: trivy.scan_all(images)
    )
    with trivy.server(database) as address:
        trivy.scan_all(images, address)
        ways["trivy image --server, layers cached"] = _timed(
            "trivy image --server, layers cached", lambda: trivy.scan_all(images, address)
        )
    return ways


def _compared(
    bench: Bench, ours: float, listing: float, theirs: dict[str, tuple[float, dict[str, Found]]]
) -> int:
    fastest = min(theirs, key=lambda way: theirs[way][0])
    seconds, found = theirs[fastest]
    derived = _derived(bench)
    by_repository = {
        reference.partition("/")[2].partition("@")[0]: one for reference, one in found.items()
    }
    different = sorted(
        name for name, one in by_repository.items() if derived.get(name, frozenset()) != one
    )
    _say("")
    _say(f"images {bench.size.images}, findings {sum(map(len, found.values()))}")
    for way, (taken, _) in theirs.items():
        _say(f"{way:<40}{taken:8.1f} s   {taken / ours:6.1f} x watcher")
    _say(f"{'watcher':<40}{ours:8.1f} s   (the listing beside it: {listing:.1f} s)")
    _say(f"ratio against the fastest ({fastest}): {seconds / ours:.1f}")
    _say(f"images whose findings differ: {len(different)} {' '.join(different[:5])}")
    return 1 if different else 0


def _derived(bench: Bench) -> dict[str, Found]:
    found: dict[str, set[tuple[str, str, str, str, str]]] = defaultdict(set)
    engine = create_engine(f"sqlite:///{bench.folder / 'watcher.db'}")
    with engine.connect() as connection:
        for path, *rest in connection.execute(text(_DERIVED)):
            found[path].add(tuple(rest))
    engine.dispose()
    return {path: frozenset(rows) for path, rows in found.items()}


def _timed(what: str, work: Callable[[], T]) -> tuple[float, T]:
    _say(f"{what} …")
    begun = time.perf_counter()
    result = work()
    taken = time.perf_counter() - begun
    _say(f"  {taken:.1f} s")
    return taken, result


def _counts(document: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in document["counts"].items() if value)


def _say(line: str) -> None:
    print(line, flush=True)
