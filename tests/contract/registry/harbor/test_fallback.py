"""Where a project's artifacts cannot be had at once, or not with all that is needed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.contract.registry.harbor.asking import listed, registry, remembered, swept
from tests.servers.harbor import Harbor, stand_in
from tests.servers.hostile import Reply, Seen

pytestmark = pytest.mark.servers

PATHS = ("shop/api", "shop/deep/web", "shop/job")


@pytest.fixture
def fleet(stub: Harbor) -> Harbor:
    for path in PATHS:
        stub.records.place(path, "1.0", stand_in(path))
    return stub


def rewritten(stub: Harbor, change: Callable[[dict[str, object]], object]) -> None:
    """Give a project's artifacts with something changed in each entry."""

    def action(seen: Seen) -> Reply:
        own = stub._own(seen)
        found = json.loads(own.body)
        for entry in found:
            change(entry)
        return Reply(own.status, own.headers, json.dumps(found).encode())

    stub.trap("project/artifacts", action, times=1_000)


def everything(stub: Harbor) -> None:
    found = swept(registry(stub))
    expected = {path: {"1.0": stand_in(path).digest} for path in PATHS}
    assert {path: listed(one) for path, one in found.items()} == expected


@pytest.mark.parametrize("status", [403, 404, 405])
def test_an_older_harbor_is_asked_for_each_repository(fleet: Harbor, status: int) -> None:
    fleet.fail("project/artifacts", Reply(status))
    everything(fleet)
    assert fleet.counts["artifacts"] == 3


def test_nobody_is_asked_for_each_repository_too(fleet: Harbor) -> None:
    fleet.records.projects["shop"].public = True
    found = swept(registry(fleet, None))
    assert [len(listed(found[path])) for path in PATHS] == [1, 1, 1]
    assert (fleet.counts["project/artifacts"], fleet.counts["artifacts"]) == (1, 3)


def test_artifacts_without_a_repositorys_name_go_by_its_number(fleet: Harbor) -> None:
    rewritten(fleet, lambda entry: entry.pop("repository_name"))
    everything(fleet)
    assert fleet.counts["artifacts"] == 0


def test_artifacts_of_nobody_knows_which_repository_are_not_believed(fleet: Harbor) -> None:
    def strip(entry: dict[str, object]) -> None:
        entry.pop("repository_name")
        entry["repository_id"] = 999

    rewritten(fleet, strip)
    everything(fleet)
    assert fleet.counts["artifacts"] == 3


@pytest.mark.parametrize("tags", [None, []])
def test_artifacts_that_come_without_tags_are_not_believed(
    fleet: Harbor, tags: list[object] | None
) -> None:
    rewritten(fleet, lambda entry: entry.update(tags=tags))
    everything(fleet)
    assert fleet.counts["artifacts"] == 3


def test_one_repository_that_comes_without_tags_is_asked_by_itself(fleet: Harbor) -> None:
    known = remembered(swept(registry(fleet)))

    def strip(entry: dict[str, object]) -> None:
        if entry["repository_name"] == "shop/api":
            entry["tags"] = None

    rewritten(fleet, strip)
    found = swept(registry(fleet), known)
    assert remembered(found) == known
    assert (fleet.counts["artifacts"], fleet.counts["HEAD manifests"]) == (1, 0)


def test_an_untagged_artifact_is_no_trouble(fleet: Harbor) -> None:
    fleet.records.place("shop/api", "old", stand_in("old"))
    fleet.records.delete_tag("shop/api", "old")
    everything(fleet)
    assert fleet.counts["artifacts"] == 0
