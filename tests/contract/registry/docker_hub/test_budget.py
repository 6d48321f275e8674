"""What a fleet costs: 10,000 tags in 500 repositories, counted by the servers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.registry.docker_hub.conftest import Bench, known_of
from watcher.adapters.registries.docker_hub import DockerHubRegistry
from watcher.ports.registry import Known, Listing

pytestmark = pytest.mark.servers

REPOSITORIES, TAGS = 500, 20


def swept(
    adapter: DockerHubRegistry, known: dict[str, Known], *, thorough: bool = False
) -> dict[str, Listing]:
    """List everything as a pass does."""
    groups = adapter.groups(list(adapter.repositories()))
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda one: adapter.listings(one, known, thorough=thorough), groups)
    found: dict[str, Listing] = {}
    for answer in answers:
        for path, listing in answer.items():
            assert isinstance(listing, Listing)
            found[path] = listing
    return found


@pytest.fixture
def fleet(bench: Bench) -> Bench:
    for repository in range(REPOSITORIES):
        path = f"acme/r{repository:03}"
        bench.server.hub.fill(path, (f"1.{number}" for number in range(TAGS)))
    return bench


def test_a_fleet_in_which_nothing_changed_costs_a_page_per_hundred_repositories(
    fleet: Bench,
) -> None:
    first = swept(fleet.adapter(), {})
    assert sum(len(one.sightings) for one in first.values()) == REPOSITORIES * TAGS
    # The pages of repositories, a sign-in, and a page of tags for each.
    assert fleet.server.requests == 5 + 1 + REPOSITORIES
    known = {path: known_of(one) for path, one in first.items()}
    fleet.server.forget()
    adapter = fleet.adapter()  # of a new process, which remembers nothing
    again = swept(adapter, known)
    assert fleet.server.counted == {"repositories": 5, "sign-in": 1}
    assert adapter.traffic.requests == 6 <= REPOSITORIES
    assert adapter.traffic.manifest_gets == fleet.server.pulls.pulled == 0
    assert not any(one.complete or one.sightings for one in again.values())


def test_three_pushes_cost_three_requests_more(fleet: Bench) -> None:
    adapter = fleet.adapter()
    known = {path: known_of(one) for path, one in swept(adapter, {}).items()}
    moved = ["acme/r007", "acme/r123", "acme/r499"]
    for path in moved:
        fleet.server.hub.point(path, "latest", "sha256:" + "f" * 64)
    fleet.server.forget()
    found = swept(adapter, known)
    assert fleet.server.counted == {"repositories": 5, "tags": 3}
    told = [path for path, one in found.items() if any(s.tag == "latest" for s in one.sightings)]
    assert told == moved


def test_a_full_reconciliation_costs_a_page_per_hundred_tags(fleet: Bench) -> None:
    adapter = fleet.adapter()
    known = {path: known_of(one) for path, one in swept(adapter, {}).items()}
    fleet.server.forget()
    found = swept(adapter, known, thorough=True)
    assert all(one.complete for one in found.values())
    assert fleet.server.counted == {"repositories": 5, "tags": REPOSITORIES}
