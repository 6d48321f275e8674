"""A history on Docker Hub, recorded pass by pass: what is known is true, whatever is asked for."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.servers.docker_hub import OWNER, DockerHub, docker_hub
from watcher.adapters.distribution import Credentials
from watcher.adapters.registries.docker_hub import DockerHubRegistry, Hosts
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.passes import SqlPasses
from watcher.ports.store.passes import Snapshot
from watcher.services.inventory import InventoryStage
from watcher.services.outcome import Outcome

pytestmark = pytest.mark.servers

PATHS = [f"acme/r{number}" for number in range(4)]
HOURS = timedelta(hours=6)


class Watched:
    """A record of a Docker Hub; every pass is a process of its own."""

    def __init__(self, server: DockerHub, engine: Engine) -> None:
        self.server = server
        self.store = SqlInventory(engine)
        self._passes = SqlPasses(engine)
        self.outcome = Outcome("inventory")

    def take(self) -> None:
        """Make a pass."""
        hub = self.server
        registry = DockerHubRegistry(
            "hub",
            ("acme",),
            credentials=Credentials(OWNER.username, OWNER.password),
            hosts=Hosts(hub.url, hub.api_url),
            page=5,
        )
        at = hub.hub.now
        this = self._passes.begin(at, at, ["inventory"], Snapshot("0" * 64, "{}"))
        with ThreadPoolExecutor(2) as executor:
            stage = InventoryStage([registry], lambda _: True, self.store, executor, HOURS)
            listed = stage.take(this)
        self._passes.cover(this, "inventory", listed.covered)
        self._passes.cover(this, "reconciliation", listed.reconciled)
        self._passes.finish(this, "complete", {})
        self.outcome = listed

    def known(self) -> dict[str, dict[str, str]]:
        """The tags that the record holds open."""
        return {
            path: {tag: held.digest for tag, held in one.tags.items()}
            for path, one in self.store.known("hub").items()
        }

    def truth(self) -> dict[str, dict[str, str]]:
        """The tags there are."""
        return {
            path: {name: one.digest for name, one in kept.tags.items()}
            for path, kept in self.server.hub.repositories.items()
        }


@pytest.fixture
def watched(sqlite_url: str, opening: Callable[[str], Engine]) -> Iterator[Watched]:
    with docker_hub() as server:
        yield Watched(server, opening(sqlite_url))


def change(watched: Watched, luck: random.Random) -> None:
    hub = watched.server.hub
    path = luck.choice(PATHS)
    names = list(hub.repositories[path].tags) if path in hub.repositories else []
    if names and luck.random() < 0.2:
        hub.delete(path, luck.choice(names))
        return
    name = luck.choice([*names, f"n{luck.randrange(30)}"])
    digest = f"sha256:{luck.randrange(6):064x}"
    hub.point(path, name, digest)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_recorded_is_what_is_there(watched: Watched, seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311 - a history, no secret
    for _ in range(40):
        change(watched, luck)
    for _ in range(25):
        for _ in range(luck.choice([0, 0, 1, 2, 6])):
            change(watched, luck)
        watched.server.hub.now += timedelta(minutes=luck.choice([1, 15, 90]))
        watched.take()
        known, truth = watched.known(), watched.truth()
        assert watched.outcome.failures == []
        for path, tags in truth.items():
            # What was deleted may be held a while; what is there is known as it is.
            assert tags.items() <= known[path].items()
    watched.server.hub.now += HOURS
    watched.take()
    assert watched.known() == watched.truth()


def test_nothing_is_asked_twice_within_the_hours(watched: Watched) -> None:
    for path in PATHS:
        watched.server.hub.fill(path, (f"1.{number}" for number in range(12)))
    watched.take()
    for _ in range(3):
        watched.server.hub.now += timedelta(minutes=15)
        watched.server.forget()
        watched.take()
        assert watched.server.counted == {"repositories": 1, "sign-in": 1}
        assert len(watched.store.known("hub")) == len(PATHS)


def test_a_repository_that_is_hidden_from_us_ends_nothing(watched: Watched) -> None:
    hub = watched.server.hub
    hub.fill("acme/secret", ["1.0", "1.1"])
    watched.take()
    hub.repositories.pop("acme/secret")
    hub.now += HOURS
    watched.take()
    assert watched.known()["acme/secret"].keys() == {"1.0", "1.1"}
    assert all("deleted, or hidden" in one.error for one in watched.outcome.failures)
    assert len(watched.outcome.failures) == 2
