"""What a pass costs where nothing changed, as the server counts it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.registry.subjects.ecr import registry
from tests.servers.ecr import Ecr
from tests.servers.ecr.fleet import fill
from watcher.adapters.registries.ecr import EcrRegistry
from watcher.ports.registry import LastSeen, Listing

pytestmark = pytest.mark.servers

REPOSITORIES, TAGS = 500, 20


def swept(adapter: EcrRegistry, known: dict[str, dict[str, LastSeen]]) -> dict[str, Listing]:
    found: dict[str, Listing] = {}
    groups = adapter.groups(list(adapter.repositories()))
    with ThreadPoolExecutor(8) as pool:
        for listings in pool.map(lambda one: adapter.listings(one, known, thorough=False), groups):
            found.update({path: one for path, one in listings.items() if isinstance(one, Listing)})
    return found


def test_ten_thousand_tags_cost_a_request_for_each_repository(server: Ecr) -> None:
    fill(server.store, REPOSITORIES, TAGS)
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
