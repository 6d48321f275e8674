"""What a pass asks of a registry of each kind where nothing changed, counted by the server."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from tests.contract.registry.artifact_registry.place import registry as artifact_registry_adapter
from tests.contract.registry.docker_hub.conftest import Bench as DockerHubBench
from tests.contract.registry.harbor.asking import registry as harbor_adapter
from tests.contract.registry.subjects import ecr as ecr_subject
from tests.contract.registry.subjects.harbor import ROBOT, USER
from tests.servers.artifact_registry import artifact_registry
from tests.servers.artifact_registry.fleet import fleet as artifact_registry_fleet
from tests.servers.docker_hub import docker_hub
from tests.servers.ecr.fleet import fill as fill_ecr
from tests.servers.harbor import fill as fill_harbor
from tests.servers.harbor import harbor
from tests.servers.harbor.records import Records
from watcher.adapters.http import Connecting
from watcher.adapters.registries.oci import OciRegistry
from watcher.demo.workshop import Image, Job, Registry, layer, push_all
from watcher.domain.errors import AttemptError
from watcher.ports.registry import Known, LastSeen, Listing
from watcher.ports.registry import Registry as Port

REPOSITORIES, TAGS = 500, 20
SIDE_BY_SIDE = 16


@dataclass(frozen=True, slots=True)
class Row:
    """One kind: what a pass cost, and what it may cost at most.

    `pulls` is how many times of a pull it changed; None where the server keeps none.
    """

    kind: str
    tags: int
    requests: int
    allowed: int
    manifest_gets: int
    pulls: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Served:
    """A kind's server, filled: how an adapter to it is built, what a pass may ask of it.

    `pulls` gives what the server has noted of pulls: their times where it keeps them, else all.
    """

    adapter: Callable[[], Port]
    allowed: int
    pulls: Callable[[], Sequence[object]] | None = None


def run() -> int:
    """Measure every kind and print a table; 1 where one asked for more than it may."""
    kinds: Mapping[str, Any] = {
        "harbor": _harbor,
        "ecr": _ecr,
        "artifact-registry": _artifact_registry,
        "docker-hub": _docker_hub,
        "oci": _oci,
    }
    rows = []
    with tempfile.TemporaryDirectory(prefix="watcher-listing-") as name:
        for kind, served in kinds.items():
            print(f"{kind}: filling {REPOSITORIES * TAGS:,} tags …", flush=True)
            with served(Path(name)) as place:
                rows.append(_measured(kind, place))
    counted = ("kind", "tags", "requests", "allowed", "manifest GETs", "pull times moved")
    print("\n" + "".join(f"{one:>18}" for one in (*counted, "seconds", "tags a second")))
    for row in rows:
        told = (row.kind, row.tags, row.requests, row.allowed, row.manifest_gets)
        pulls = "not kept" if row.pulls is None else row.pulls
        rates = (f"{row.seconds:.1f}", f"{row.tags / row.seconds:,.0f}")
        print("".join(f"{one:>18}" for one in (*map(str, (*told, pulls)), *rates)))
    return int(any(row.requests > row.allowed or row.manifest_gets or row.pulls for row in rows))


def _measured(kind: str, place: Served) -> Row:
    known = {
        path: {one.tag: LastSeen(one.digest, one.pushed_at) for one in listing.sightings}
        for path, listing in _swept(place.adapter(), {}).items()
    }
    before = place.pulls() if place.pulls else ()
    again = place.adapter()  # as another process, which remembers nothing
    begun = time.perf_counter()
    _swept(again, known)
    seconds = time.perf_counter() - begun
    tags = sum(map(len, known.values()))
    traffic = again.traffic
    moved = _moved(before, place.pulls()) if place.pulls else None
    return Row(kind, tags, traffic.requests, place.allowed, traffic.manifest_gets, moved, seconds)


def _moved(before: Sequence[object], after: Sequence[object]) -> int:
    return sum(one != other for one, other in zip_longest(before, after))


def _swept(adapter: Port, known: Mapping[str, Known]) -> dict[str, Listing]:
    groups = adapter.groups(list(adapter.repositories()))
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        answers = list(
            pool.map(lambda one: adapter.listings(one, known, thorough=not known), groups)
        )
    found: dict[str, Listing] = {}
    for answer in answers:
        for path, listing in answer.items():
            if isinstance(listing, AttemptError):
                raise listing
            found[path] = listing
    return found


@contextmanager
def _harbor(_: Path) -> Iterator[Served]:
    with harbor(USER, ROBOT) as stub:
        stub.checked = False
        fill_harbor(stub.records, repositories=REPOSITORIES, tags=TAGS)
        # One for each hundred artifacts and for each page of repositories; and the projects.
        allowed = REPOSITORIES * TAGS // 100 + REPOSITORIES // 100 + 1
        yield Served(lambda: harbor_adapter(stub), allowed, lambda: _pull_times(stub.records))


def _pull_times(records: Records) -> list[datetime | None]:
    """When each artifact and each tag was pulled last, as Harbor keeps it for retention."""
    artifacts = [
        artifact
        for project in records.projects.values()
        for repository in project.repositories.values()
        for artifact in repository.artifacts.values()
    ]
    tags = [tag for artifact in artifacts for tag in artifact.tags.values()]
    return [*(one.pulled_at for one in artifacts), *(one.pulled_at for one in tags)]


@contextmanager
def _ecr(_: Path) -> Iterator[Served]:
    with ecr_subject.served() as subject:
        fill_ecr(subject.server.store, REPOSITORIES, TAGS)
        yield Served(
            ecr_subject.registry,
            REPOSITORIES * TAGS // 1000 + REPOSITORIES,
            lambda: sorted(subject.server.registry.pulled),
        )


@contextmanager
def _artifact_registry(_: Path) -> Iterator[Served]:
    store = artifact_registry_fleet(5, REPOSITORIES // 5, TAGS)
    with artifact_registry("rest", store=store) as stub:
        allowed = REPOSITORIES * TAGS // 1000 + 5
        yield Served(lambda: artifact_registry_adapter(stub), allowed)


@contextmanager
def _docker_hub(_: Path) -> Iterator[Served]:
    with docker_hub() as stub:
        for number in range(REPOSITORIES):
            stub.hub.fill(f"acme/r{number:03}", (f"1.{tag}" for tag in range(TAGS)))
        pulls = stub.pulls  # Hub counts them, and dates none that a stub could tell
        yield Served(DockerHubBench(stub).adapter, REPOSITORIES, lambda: range(pulls.pulled))


@contextmanager
def _oci(folder: Path) -> Iterator[Served]:
    image = Image([layer({"/one": "1"})])
    with Registry(folder / "oci") as server:
        push_all(
            server.url,
            (
                Job(f"shop/r{number:03}", f"1.{tag}", image)
                for number in range(REPOSITORIES)
                for tag in range(TAGS)
            ),
            workers=SIDE_BY_SIDE,
        )
        connecting = Connecting(concurrency=SIDE_BY_SIDE)
        # A HEAD for each tag, a page of tags for each repository, and the catalogue's pages.
        allowed = REPOSITORIES * TAGS + REPOSITORIES + REPOSITORIES // 100 + 1
        yield Served(lambda: OciRegistry("local", server.url, connecting=connecting), allowed)
