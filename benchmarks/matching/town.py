"""The servers of one row: a registry with the fleet, a mirror with its databases, a configuration.

Trivy is started through a script that notes when it began and ended, so that what a pass does
outside it can be told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fleet import Fleet
from watcher.demo.workshop import Pusher, Registry, push_all
from watcher.demo.workshop.locate import find_tool

_CONFIGURATION = """\
database: {{url: "sqlite:///{folder}/watcher.db"}}
state: "{folder}/state"
trivy:
  binary: "{folder}/trivy"
  db: ["{mirror}/mirror/trivy-db:2"]
  java_db: ["{mirror}/mirror/trivy-java-db:1"]
  workers: {workers}
registries: [{{name: local, kind: oci, url: "{registry}", include: ["**"], concurrency: 16}}]
"""
_TIMED = """\
#!/bin/sh
begun=$(date +%s.%N)
"{trivy}" "$@"
code=$?
echo "$begun $(date +%s.%N)" >> "{folder}/trivy-times"
exit $code
"""
_PULLED = re.compile(r'"GET /v2/[^ ]+/blobs/(sha256:[0-9a-f]{64}) ')


@dataclass(frozen=True, slots=True)
class Size:
    """How large the fleet is, and how many scans run side by side.

    `scanned` is of how many images Trivy's own side is measured; the rest is extrapolated.
    """

    images: int
    distinct: int
    packages: int
    workers: int
    scanned: int


@dataclass(frozen=True, slots=True)
class Town:
    """The servers and folders of one row; `layers` are the distinct ones of the fleet."""

    folder: Path
    size: Size
    fleet: Fleet
    registry: Registry
    mirror: Registry
    references: dict[str, str]
    layers: frozenset[str]

    @property
    def configuration(self) -> Path:
        """Where watcher's configuration is."""
        return self.folder / "watcher.yaml"

    def publish(self, day: int) -> None:
        """Offer the database of a day."""
        with Pusher(self.mirror.url) as pusher:
            pusher.push_artifact("mirror/trivy-db", "2", self.fleet.database(day).artifact())

    def pulled(self) -> Counter[str]:
        """How often each layer was pulled so far, by whomever."""
        told = Counter(_PULLED.findall(self.registry.log.read_text()))
        return Counter({digest: told[digest] for digest in told.keys() & self.layers})

    def trivy_seconds(self, since: float) -> float:
        """For how many seconds some Trivy of watcher's ran, from a time on."""
        times = (self.folder / "trivy-times").read_text().split("\n")
        spans = sorted(tuple(map(float, line.split())) for line in times if line)
        total, reach = 0.0, since
        for begun, ended in spans:
            total += max(0.0, ended - max(begun, reach))
            reach = max(reach, ended)
        return total


@contextmanager
def built(folder: Path, size: Size) -> Iterator[Town]:
    """Start the servers and push the fleet."""
    for part in ("registry", "mirror", "theirs"):
        (folder / part).mkdir()
    fleet = Fleet.of(size.images, size.distinct, size.packages)
    with Registry(folder / "registry") as registry, Registry(folder / "mirror") as mirror:
        told = {"folder": folder, "mirror": mirror.host, "registry": registry.url}
        text = _CONFIGURATION.format(workers=size.workers, **told)
        (folder / "watcher.yaml").write_text(text)
        script = folder / "trivy"
        script.write_text(_TIMED.format(trivy=find_tool("trivy"), folder=folder))
        script.chmod(0o755)
        references, layers = _pushed(fleet, registry)
        with Pusher(mirror.url) as pusher:
            java = fleet.java_database().artifact()
            pusher.push_artifact("mirror/trivy-java-db", "1", java)
        yield Town(folder, size, fleet, registry, mirror, references, layers)


def _pushed(fleet: Fleet, registry: Registry) -> tuple[dict[str, str], frozenset[str]]:
    """Push every image, some at a time; references by repository, and the distinct layers."""
    references: dict[str, str] = {}
    layers: set[str] = set()
    jobs = list(fleet.jobs())
    digests = push_all(registry.url, jobs)
    for job, digest in zip(jobs, digests, strict=True):
        references[job.repository] = f"{registry.host}/{job.repository}@{digest}"
        layers.update(one.digest for one in job.content.layers)  # type: ignore[attr-defined] # images
    return references, frozenset(layers)
