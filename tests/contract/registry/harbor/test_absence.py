"""Gone is what Harbor says is gone: never what a page, a permission or a proxy took away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.registry.harbor.asking import listed, registry, remembered, swept
from tests.contract.registry.images import image, seen
from tests.contract.registry.subjects.harbor import ROBOT, USER
from tests.servers.harbor import EVERYTHING, Account, Harbor, stand_in
from tests.servers.hostile import Reply, Seen
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    TransientError,
    UnauthorizedError,
)
from watcher.ports.registry import Listing

pytestmark = pytest.mark.servers

PATHS = [f"shop/r{number}" for number in range(4)]


@pytest.fixture
def fleet(stub: Harbor) -> Harbor:
    """Four repositories with three tags each: pages of five are cut inside them."""
    for path in PATHS:
        for tag in ("1.0", "1.1", "1.2"):
            stub.records.place(path, tag, stand_in(f"{path}:{tag}"))
    return stub


def between(stub: Harbor, kind: str, number: int, change: Callable[[], object]) -> None:
    """Change something just before the page of a number is given, once."""

    def action(_: Seen) -> Reply | None:
        change()
        return None

    stub.trap(kind, action, first=number)


def test_a_deletion_between_pages_hides_no_artifact(fleet: Harbor) -> None:
    first = stand_in("shop/r0:1.0").digest
    between(fleet, "project/artifacts", 2, lambda: fleet.records.delete_artifact("shop/r0", first))
    found = swept(registry(fleet, page=5))
    assert {path: list(listed(one)) for path, one in found.items()} == {
        "shop/r0": ["1.1", "1.2"],
        **{path: ["1.0", "1.1", "1.2"] for path in PATHS[1:]},
    }
    assert fleet.counts["project/artifacts"] == 2 + 3


def test_an_addition_between_pages_is_taken_along(fleet: Harbor) -> None:
    new = stand_in("new")
    between(fleet, "project/artifacts", 2, lambda: fleet.records.place("shop/r0", "2.0", new))
    found = swept(registry(fleet, page=5))
    assert listed(found["shop/r0"])["2.0"] == new.digest
    assert sum(len(listed(one)) for one in found.values()) == 13
    assert fleet.counts["project/artifacts"] == 3


def test_an_addition_that_hides_a_deletion_makes_no_known_tag_gone(fleet: Harbor) -> None:
    adapter = registry(fleet, page=5)
    known = remembered(swept(adapter))

    def change() -> None:
        fleet.records.delete_artifact("shop/r0", stand_in("shop/r0:1.0").digest)
        fleet.records.place("shop/r3", "2.0", stand_in("new"))

    between(fleet, "project/artifacts", 2, change)
    found = swept(adapter, known)
    # The sixth of twelve moved to the page already read, and twelve are twelve: a look tells.
    assert [len(listed(found[path])) for path in PATHS] == [3, 3, 3, 4]
    assert fleet.counts["HEAD manifests"] == 1
    assert list(listed(swept(adapter, remembered(found))["shop/r0"])) == ["1.1", "1.2"]


def test_a_tag_that_moves_backwards_between_pages_is_not_gone(fleet: Harbor) -> None:
    adapter = registry(fleet, page=5)
    known = remembered(swept(adapter))
    target = stand_in("shop/r0:1.0").digest
    fleet.records.tag("shop/r0", "1.2", stand_in("shop/r0:1.2").digest)
    late = fleet.records.place("shop/r0", "late", stand_in("late"))
    between(fleet, "project/artifacts", 2, lambda: fleet.records.tag("shop/r0", "late", target))
    known["shop/r0"] = {**known["shop/r0"], **seen({"late": late})}
    assert listed(swept(adapter, known)["shop/r0"])["late"] == target


def test_a_tag_that_moves_forwards_between_pages_is_where_it_moved_last(fleet: Harbor) -> None:
    target = fleet.records.place("shop/r0", "late", stand_in("late"))
    between(fleet, "project/artifacts", 2, lambda: fleet.records.tag("shop/r0", "1.0", target))
    assert listed(swept(registry(fleet, page=5))["shop/r0"])["1.0"] == target
    assert fleet.counts["HEAD manifests"] == 0


def test_a_list_that_never_stands_still_is_a_passing_failure(fleet: Harbor) -> None:
    def shrink(_: Seen) -> Reply | None:
        path = next(path for path in PATHS if fleet.records.repository(path).artifacts)
        artifacts = fleet.records.repository(path).artifacts
        artifacts.pop(next(iter(artifacts)))
        return None

    fleet.trap("project/artifacts", shrink, times=100)
    adapter = registry(fleet, page=5)
    (group,) = adapter.groups(PATHS)
    with pytest.raises(TransientError, match="nothing of it is believed"):
        adapter.listings(group, {}, thorough=True)
    assert fleet.counts["project/artifacts"] == 3 * 2


def test_a_repository_deleted_between_pages_hides_no_other(stub: Harbor) -> None:
    for number in range(12):
        stub.records.push(f"shop/r{number:02}", "1.0", image(str(number)))
    between(stub, "repositories", 2, lambda: stub.records.delete_repository("shop/r00"))
    adapter = registry(stub, include=("shop/**",), page=5)
    assert list(adapter.repositories()) == [f"shop/r{number:02}" for number in range(1, 12)]


def test_a_repository_deleted_after_the_catalogue_was_read_is_not_found(fleet: Harbor) -> None:
    adapter = registry(fleet)
    known = remembered(swept(adapter))
    fleet.records.delete_repository("shop/r1")
    found = swept(adapter, known)
    assert isinstance(found["shop/r1"], NotFoundError)
    assert [len(listed(found[path])) for path in PATHS if path != "shop/r1"] == [3, 3, 3]


def test_a_deleted_tag_is_looked_at_once_and_gone(fleet: Harbor) -> None:
    adapter = registry(fleet)
    known = remembered(swept(adapter))
    fleet.records.delete_tag("shop/r1", "1.1")
    assert list(listed(swept(adapter, known)["shop/r1"])) == ["1.0", "1.2"]
    assert fleet.counts["HEAD manifests"] == 1


def test_a_tag_that_cannot_be_looked_at_is_neither_seen_nor_gone(fleet: Harbor) -> None:
    adapter = registry(fleet)
    known = remembered(swept(adapter))
    fleet.records.delete_tag("shop/r1", "1.1")
    fleet.records.delete_tag("shop/r1", "1.2")
    fleet.fail("HEAD manifests", Reply(404), times=1)
    fleet.fail("HEAD manifests", Reply(503), first=2)
    found = swept(adapter, known)["shop/r1"]
    assert isinstance(found, Listing)
    assert len(found.failed) == 1
    assert [one.tag for one in found.sightings] == ["1.0"]


@pytest.mark.parametrize("login", [USER, ROBOT], ids=["user", "robot"])
def test_a_lost_permission_is_not_a_deletion(fleet: Harbor, login: Account) -> None:
    adapter = registry(fleet, login)
    known = remembered(swept(adapter))
    fleet.accounts[login.name] = Account(login.name, login.secret, login.robot, projects=["other"])
    (group,) = adapter.groups(PATHS)
    for path, found in adapter.listings(group, known, thorough=True).items():
        assert isinstance(found, UnauthorizedError), path
        assert "`list artifact`" in str(found)
    with pytest.raises(UnauthorizedError):
        adapter.tags("shop/r0", known["shop/r0"])


def test_a_permission_lost_while_a_repository_is_looked_for_is_not_a_deletion(
    fleet: Harbor,
) -> None:
    adapter = registry(fleet)
    swept(adapter)
    fleet.fail("repositories", Reply(403))
    with pytest.raises(UnauthorizedError, match="`list repository`"):
        adapter.tags("shop/none", {})


def test_a_tag_that_we_may_not_look_at_is_not_gone(fleet: Harbor) -> None:
    adapter = registry(fleet)
    known = remembered(swept(adapter))
    fleet.records.delete_tag("shop/r1", "1.1")
    may = EVERYTHING - {"pull repository"}
    fleet.accounts[USER.name] = Account(USER.name, USER.secret, permissions=may)
    found = swept(adapter, known)
    assert isinstance(found["shop/r1"], UnauthorizedError)
    assert "`pull repository`" in str(found["shop/r1"])
    # What needs no look is listed all the same.
    assert [len(listed(found[path])) for path in PATHS if path != "shop/r1"] == [3, 3, 3]


def test_a_project_that_is_gone_is_an_error_and_no_deletion(fleet: Harbor) -> None:
    adapter = registry(fleet)
    known = remembered(swept(adapter))
    del fleet.records.projects["shop"]
    (group,) = adapter.groups(PATHS)
    for found in adapter.listings(group, known, thorough=True).values():
        assert isinstance(found, UnauthorizedError)
        assert "no such project" in str(found)


def test_a_list_that_is_404_is_no_evidence(fleet: Harbor) -> None:
    fleet.fail("artifacts", Reply(404))
    with pytest.raises(PermanentError) as caught:
        registry(fleet).tags("shop/r0", {})
    assert not isinstance(caught.value, NotFoundError)


def test_a_project_list_that_leaves_a_repository_out_is_made_sure_of(fleet: Harbor) -> None:
    adapter = registry(fleet)
    known = remembered(swept(adapter))
    hidden = fleet.records.repository("shop/r2")
    artifacts = dict(hidden.artifacts)
    hidden.artifacts.clear()

    def restore() -> None:
        hidden.artifacts.update(artifacts)

    between(fleet, "artifacts", 1, restore)
    assert len(listed(swept(adapter, known)["shop/r2"])) == 3
    assert fleet.counts["artifacts"] == 1
    assert fleet.counts["HEAD manifests"] == 0


def test_a_count_above_nothing_listed_is_made_sure_of(fleet: Harbor) -> None:
    adapter = registry(fleet)
    paths = list(adapter.repositories())
    hidden = fleet.records.repository("shop/r2")
    artifacts = dict(hidden.artifacts)
    hidden.artifacts.clear()
    between(fleet, "artifacts", 1, lambda: hidden.artifacts.update(artifacts))
    (group,) = adapter.groups(paths)
    assert len(listed(adapter.listings(group, {}, thorough=True)["shop/r2"])) == 3
