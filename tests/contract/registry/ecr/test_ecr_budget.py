"""What a pass costs where nothing changed, as the server counts it."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.registry.subjects.ecr import registry
from tests.servers.ecr import HOME, REGION, Ecr
from tests.servers.ecr.store import NOON, Stored
from watcher.adapters.registries.ecr import EcrRegistry
from watcher.demo.workshop.blobs import Blob
from watcher.ports.registry import LastSeen, Listing

pytestmark = pytest.mark.servers

REPOSITORIES, TAGS = 500, 20


def filled(server: Ecr) -> None:
    """Ten thousand tags in five hundred repositories, an image each."""
    body = b'{"config": {"mediaType": "application/vnd.oci.image.config.v1+json"}}'
    for number in range(REPOSITORIES):
        images = server.store.repositories.setdefault((HOME, REGION, f"shop/r{number:03}"), {})
        for tag in range(TAGS):
            digest = f"sha256:{hashlib.sha256(f'{number}:{tag}'.encode()).hexdigest()}"
            manifest = Blob("application/vnd.oci.image.manifest.v1+json", body, digest)
            images[digest] = Stored(manifest, NOON, {f"1.{tag}"})


def swept(adapter: EcrRegistry, known: dict[str, dict[str, LastSeen]]) -> dict[str, Listing]:
    found: dict[str, Listing] = {}
    groups = adapter.groups(list(adapter.repositories()))
    with ThreadPoolExecutor(8) as pool:
        for listings in pool.map(lambda one: adapter.listings(one, known, thorough=False), groups):
            found.update({path: one for path, one in listings.items() if isinstance(one, Listing)})
    return found


def test_ten_thousand_tags_cost_a_request_for_each_repository(server: Ecr) -> None:
    filled(server)
    adapter = registry()
    first = swept(adapter, {})
    known = {
        path: {seen.tag: LastSeen(seen.digest, seen.pushed_at) for seen in one.sightings}
        for path, one in first.items()
    }
    server.counts.clear()
    adapter.traffic.requests = 0
    second = swept(adapter, known)
    assert second == first
    assert sum(len(one.sightings) for one in second.values()) == REPOSITORIES * TAGS
    assert sum(server.counts.values()) == adapter.traffic.requests
    assert server.counts == {"DescribeRepositories": 1, "DescribeImages": REPOSITORIES}
    assert sum(server.counts.values()) <= REPOSITORIES * TAGS / 1000 + REPOSITORIES
    assert adapter.traffic.manifest_gets == 0
    assert server.registry.pulled == set()
