"""What a pass costs, counted by the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.registry.harbor.asking import listed, registry, remembered, swept
from tests.contract.registry.subjects.harbor import ROBOT, USER
from tests.servers.harbor import Account, Harbor, fill, harbor, stand_in
from tests.servers.hostile import Reply

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def large() -> Iterator[Harbor]:
    """10,000 tags in 500 repositories."""
    with harbor(USER, ROBOT) as stub:
        stub.checked = False
        fill(stub.records)
        yield stub


@pytest.mark.parametrize(
    ("login", "include", "proof", "projects"),
    [
        # Which projects there are takes a request; that a private one is shown proves the login.
        (USER, "**", {}, {"projects": 1}),
        (USER, "shop/**", {"users/current": 1}, {}),
        (ROBOT, "shop/**", {"users/current": 1, "project": 1}, {}),
    ],
)
def test_a_steady_pass_costs_a_request_for_every_hundred(
    large: Harbor,
    login: Account,
    include: str,
    proof: dict[str, int],
    projects: dict[str, int],
) -> None:
    large.counts.clear()
    adapter = registry(large, login, include=(include,))
    known = remembered(swept(adapter))
    assert sum(map(len, known.values())) == 10_000
    every = {"repositories": 5, "project/artifacts": 100, **projects}
    assert dict(large.counts) == {**every, **proof}
    assert adapter.traffic.requests == large.counts.total()
    large.counts.clear()
    assert remembered(swept(adapter, known)) == known  # a moment later
    assert dict(large.counts) == every
    assert adapter.traffic.manifest_gets == adapter.traffic.bytes_pulled == 0


def test_what_moved_costs_nothing_more_and_what_is_gone_a_look(stub: Harbor) -> None:
    fill(stub.records, repositories=20, tags=5)
    adapter = registry(stub)
    known = remembered(swept(adapter))
    path, other = sorted(known)[:2]
    moved = stub.records.place("shop/team-0/app-0000", "9.0", stand_in("moved"))
    stub.records.tag(path, "1.0", moved)
    stub.records.delete_tag(other, "1.1")
    stub.counts.clear()
    found = swept(adapter, known)
    assert listed(found[path])["1.0"] == moved
    assert "1.1" not in listed(found[other])
    looks = stub.counts.pop("HEAD manifests")
    assert looks == 1
    assert stub.counts.pop("token") == 1
    assert stub.counts.pop("v2") == 2  # how logins are shown, and that a registry answers
    assert dict(stub.counts) == {"projects": 1, "repositories": 1, "project/artifacts": 2}


def test_a_few_repositories_of_a_large_project_are_asked_each(stub: Harbor) -> None:
    fill(stub.records, repositories=100, tags=10)
    few = ("shop/team-0/app-0000", "shop/team-1/app-0001")
    found = swept(registry(stub, include=few))
    assert {path: len(listed(one)) for path, one in found.items()} == dict.fromkeys(few, 10)
    assert dict(stub.counts) == {"users/current": 1, "project/artifacts": 1, "artifacts": 2}


def test_one_repository_is_asked_by_itself(stub: Harbor) -> None:
    fill(stub.records, repositories=3, tags=2)
    swept(registry(stub, include=("shop/team-0/app-0000",)))
    assert dict(stub.counts) == {"users/current": 1, "artifacts": 1}


def test_projects_that_no_include_concerns_are_not_looked_into(stub: Harbor) -> None:
    for project in ("shop", "shop-old", "data", "mine"):
        stub.records.place(f"{project}/a", "1.0", stand_in(project))
    stub.fail("repositories", Reply(500), first=2)
    adapter = registry(stub, include=("shop*/**", "data/a"), exclude=("shop-old/**",))
    assert list(adapter.repositories()) == ["data/a", "shop/a"]
    assert stub.counts["repositories"] == 1


def test_excluded_repositories_do_not_make_a_project_dearer(stub: Harbor) -> None:
    fill(stub.records, repositories=30, tags=100)
    adapter = registry(stub, include=("shop/team-0/**", "shop/team-1/**"))
    found = swept(adapter)
    assert len(found) == 6
    assert stub.counts["project/artifacts"] == 1
    assert stub.counts["artifacts"] == 6
