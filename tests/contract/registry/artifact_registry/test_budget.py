"""What a pass over a large registry costs, counted by the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.registry.artifact_registry.place import one_pass, registry
from tests.servers.artifact_registry import Store, Stub, artifact_registry
from tests.servers.artifact_registry.fleet import fleet
from watcher.adapters.registries.artifact_registry import Transport
from watcher.ports.registry import LastSeen, Listing

pytestmark = pytest.mark.servers

REPOSITORIES, NAMES, TAGS = 5, 100, 20  # 500 names, 10,000 tags, each of its own digest


@pytest.fixture(scope="module")
def store() -> Store:
    return fleet(REPOSITORIES, NAMES, TAGS)


@pytest.fixture
def stub(store: Store, transport: Transport) -> Iterator[Stub]:
    with artifact_registry(transport, store=store) as running:
        yield running


def test_an_unchanged_fleet_costs_a_request_per_thousand_images(
    stub: Stub, transport: Transport
) -> None:
    adapter = registry(stub, transport)
    first = one_pass(adapter)
    assert len(first) == REPOSITORIES * NAMES
    known = {
        path: {one.tag: LastSeen(one.digest, one.pushed_at) for one in listing.sightings}
        for path, listing in first.items()
        if isinstance(listing, Listing)
    }
    assert sum(map(len, known.values())) == REPOSITORIES * NAMES * TAGS
    before, counted = stub.asked_in_all, adapter.traffic.requests
    paths = list(adapter.repositories())
    again = [adapter.listings(group, known, thorough=False) for group in adapter.groups(paths)]
    assert {path: one for found in again for path, one in found.items()} == first
    asked = stub.asked_in_all - before
    images = REPOSITORIES * NAMES * TAGS
    # One for each thousand images, and one for each repository of Artifact Registry at the most.
    assert asked == images // 1000 + 1 <= images // 1000 + REPOSITORIES
    assert adapter.traffic.requests - counted == asked
    assert adapter.traffic.manifest_gets == 0
    assert stub.asked("HEAD manifests") + stub.asked("GET manifests") == 0


def test_what_was_listed_for_the_names_is_used_once(stub: Stub, transport: Transport) -> None:
    adapter = registry(stub, transport, include=("docker0/**",))
    (group,) = adapter.groups(list(adapter.repositories()))
    before = stub.asked("dockerImages")
    adapter.listings(group, {}, thorough=True)
    assert stub.asked("dockerImages") == before
    adapter.listings(group, {}, thorough=True)
    assert stub.asked("dockerImages") == before + 2


def test_a_look_by_doctor_leaves_nothing_behind(stub: Stub, transport: Transport) -> None:
    include = ("docker0/none", "docker1/**")
    adapter = registry(stub, transport, include=include)
    adapter._included(keep=False)
    before = stub.asked("dockerImages")
    adapter.tags("docker1/shop/app000", {})
    assert stub.asked("dockerImages") == before + 2
