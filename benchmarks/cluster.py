"""The same images catalogued by one worker of a Dask cluster and by two, side by side."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fleet import Fleet
from tests.integration.dask.cluster import Cluster
from watcher.demo.workshop import Pusher, Registry, push_all
from watcher.demo.workshop.locate import find_tool

IMAGES = 48
ROUNDS = 3  # of each; the fastest counts, since everything else is somebody else's work
_ASKED = 1.7
_CONFIGURATION = """\
database: {{url: "sqlite:///{folder}/{name}.db"}}
state: "{folder}/state"
trivy:
  binary: "{trivy}"
  db: ["{mirror}/mirror/trivy-db:2"]
  java_db: ["{mirror}/mirror/trivy-java-db:1"]
registries: [{{name: local, kind: oci, url: "{registry}", include: ["**"], concurrency: 16}}]
executor: {{dask: {{scheduler: "{scheduler}"}}}}
"""
# One core for each worker: Trivy alone would take them all.
_ONE_CORE = "#!/bin/sh\nGOMAXPROCS=1 exec '{trivy}' \"$@\"\n"


@dataclass(frozen=True, slots=True)
class Bench:
    """The servers of one run, and clusters by their number of workers."""

    folder: Path
    registry: Registry
    mirror: Registry
    clusters: dict[int, Cluster]

    def seconds(self, workers: int, number: int) -> float:
        """Catalogue everything into a fresh database, as a user would."""
        name = f"{workers}-{number}"
        path = self.folder / f"{name}.yaml"
        path.write_text(
            _CONFIGURATION.format(
                folder=self.folder,
                name=name,
                trivy=find_tool("trivy"),
                mirror=self.mirror.host,
                registry=self.registry.url,
                scheduler=self.clusters[workers].address,
            )
        )
        told = _sync(path)
        assert told["counts"]["catalogued"] == told["counts"]["images_new"] > 0, told
        return float(told["seconds"]["catalog"])


def run(images: int = IMAGES) -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="watcher-bench-") as name:
        with _servers(Path(name), images) as bench:
            for workers in bench.clusters:
                bench.seconds(workers, 0)  # the database of advisories is pulled meanwhile
            taken: dict[int, list[float]] = {workers: [] for workers in bench.clusters}
            for number in range(1, ROUNDS + 1):
                for workers, seconds in taken.items():
                    seconds.append(bench.seconds(workers, number))
        _tell(images, taken)
    return 0


def _tell(images: int, taken: dict[int, list[float]]) -> None:
    for workers, seconds in taken.items():
        rate = images / min(seconds)
        every = ", ".join(f"{one:.1f}" for one in seconds)
        print(f"Dask workers of one core each: {workers}; {rate:6.2f} images a second ({every} s)")
    one, two = (min(seconds) for seconds in taken.values())
    print(f"ratio of two workers to one: {one / two:.2f} (asked: {_ASKED} on four idle cores)")


@contextmanager
def _servers(folder: Path, images: int) -> Iterator[Bench]:
    trivy = folder / "trivy"
    trivy.write_text(_ONE_CORE.format(trivy=find_tool("trivy")))
    trivy.chmod(0o755)
    own = {"WATCHER_STATE": str(folder / "workers"), "WATCHER_TRIVY__BINARY": str(trivy)}
    with ExitStack() as stack:
        registry, mirror = (
            stack.enter_context(Registry(folder / name)) for name in ("registry", "mirror")
        )
        _fill(registry, mirror, Fleet(images, 60))
        clusters = {}
        for workers in (1, 2):
            clusters[workers] = stack.enter_context(Cluster(folder / f"cluster{workers}"))
            clusters[workers].scheduler()
            for _ in range(workers):
                clusters[workers].worker(own)
        yield Bench(folder, registry, mirror, clusters)


def _fill(registry: Registry, mirror: Registry, fleet: Fleet) -> None:
    print(f"pushing {fleet.images} images …", flush=True)
    push_all(registry.url, fleet.jobs())
    with Pusher(mirror.url) as pusher:
        pusher.push_artifact("mirror/trivy-db", "2", fleet.database(0).artifact())
        pusher.push_artifact("mirror/trivy-java-db", "1", fleet.java_database().artifact())


def _sync(configuration: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "watcher", "--config", str(configuration), "sync"]
    command += ["--format", "json", "--only", "knowledge", "inventory", "catalog"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"sync exited {done.returncode}: {done.stderr.strip()[:2000]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told
