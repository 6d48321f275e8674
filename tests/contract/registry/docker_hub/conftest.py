"""A Docker Hub for each test, and adapters to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from tests.contract.registry.subjects.docker_hub import QUICK
from tests.servers.docker_hub import OWNER, DockerHub, docker_hub
from watcher.adapters.distribution import Credentials
from watcher.adapters.registries.docker_hub import DockerHubRegistry, Hosts
from watcher.domain.pattern import Selection
from watcher.ports.registry import Group, Known, LastSeen, Listing

LOGIN = Credentials(OWNER.username, OWNER.password)
API = "acme/api"


class Clock:
    """A clock that goes on when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Bench:
    """The stub, and adapters over it that share a clock."""

    server: DockerHub
    clock: Clock = field(default_factory=Clock)

    def adapter(
        self,
        login: Credentials | None = LOGIN,
        include: tuple[str, ...] = ("**",),
        namespaces: tuple[str, ...] = ("acme",),
        page: int = 100,
        hosts: Hosts | None = None,
        exclude: tuple[str, ...] = (),
    ) -> DockerHubRegistry:
        """Build an adapter."""
        return DockerHubRegistry(
            "hub",
            namespaces,
            Selection.parse(include, exclude),
            credentials=login,
            hosts=hosts or Hosts(self.server.url, self.server.api_url),
            connecting=replace(QUICK, concurrency=4),
            page=page,
            clock=self.clock,
        )


@pytest.fixture
def bench() -> Iterator[Bench]:
    with docker_hub() as server:
        yield Bench(server)


def known_of(listing: Listing) -> Known:
    """What the record holds after a listing."""
    return {one.tag: LastSeen(one.digest, one.pushed_at) for one in listing.sightings}


def looked(
    adapter: DockerHubRegistry, known: Known, path: str = API, *, thorough: bool = False
) -> Listing:
    """List one repository as a pass does."""
    found = adapter.listings(Group(path, (path,)), {path: known}, thorough=thorough)[path]
    if not isinstance(found, Listing):
        raise found
    return found
