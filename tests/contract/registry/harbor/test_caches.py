"""What a proxy cache no longer holds is gone, though the registry behind it would give it again."""

from __future__ import annotations

import pytest

from tests.contract.registry.harbor.asking import listed, registry, remembered, swept
from tests.contract.registry.images import image
from tests.contract.registry.subjects.harbor import ROBOT, USER
from tests.servers.harbor import EVERYTHING, Account, Harbor, stand_in
from tests.servers.hostile import Reply, Seen
from watcher.domain.errors import NotFoundError, PermanentError

pytestmark = pytest.mark.servers

PATHS = ("hub/library/debian", "hub/library/nginx")


@pytest.fixture
def cache(stub: Harbor) -> Harbor:
    """A cache of two repositories with two tags each, all of them upstream."""
    project = stub.records.project("hub")
    project.upstream = {}
    for path in PATHS:
        for tag in ("1", "2"):
            digest = stub.records.place(path, tag, stand_in(f"{path}:{tag}"))
            project.upstream[path, tag] = digest
    return stub


@pytest.mark.parametrize("include", ["**", "hub/**", PATHS[0]])
@pytest.mark.parametrize("login", [USER, ROBOT], ids=["user", "robot"])
def test_a_tag_that_a_cache_has_dropped_is_gone(
    cache: Harbor, include: str, login: Account
) -> None:
    adapter = registry(cache, login, include=(include,))
    known = remembered(swept(adapter))
    cache.records.delete_artifact(PATHS[0], stand_in(f"{PATHS[0]}:1").digest)
    assert list(listed(swept(adapter, known)[PATHS[0]])) == ["2"]
    assert cache.counts["HEAD manifests"] == 0


def test_a_cache_that_has_dropped_all_of_a_repository_has_none_of_its_tags(cache: Harbor) -> None:
    adapter = registry(cache)
    known = remembered(swept(adapter))
    cache.records.repository(PATHS[0]).artifacts.clear()
    found = swept(adapter, known)
    assert [list(listed(found[path])) for path in PATHS] == [[], ["1", "2"]]
    assert cache.counts["HEAD manifests"] == 0


def test_a_tag_that_only_the_second_list_has_is_not_gone(cache: Harbor) -> None:
    adapter = registry(cache, include=("hub/**",))
    known = remembered(swept(adapter))
    artifact = cache.records.repository(PATHS[0]).tagged("1")
    assert artifact is not None
    tags = dict(artifact.tags)
    artifact.tags.clear()

    def back(_: Seen) -> Reply | None:
        artifact.tags.update(tags)
        return None

    cache.trap("artifacts", back)
    assert list(listed(swept(adapter, known)[PATHS[0]])) == ["1", "2"]


def test_a_tag_of_a_cache_is_looked_at_where_it_is_listed(cache: Harbor) -> None:
    upstream = cache.records.projects["hub"].upstream
    assert upstream is not None
    upstream[PATHS[0], "1"] = stand_in("newer").digest
    upstream[PATHS[0], "3"] = stand_in("never pulled").digest
    adapter = registry(cache)
    seen = adapter.resolve(PATHS[0], "1")
    assert (seen.digest, seen.pushed_at is None) == (stand_in(f"{PATHS[0]}:1").digest, False)
    for path, tag in ((PATHS[0], "3"), ("hub/library/none", "1")):
        with pytest.raises(NotFoundError):
            adapter.resolve(path, tag)
    assert cache.counts["HEAD manifests"] == 0


def test_a_repository_of_a_cache_that_lists_none_of_its_artifacts_is_no_evidence(
    cache: Harbor,
) -> None:
    cache.fail("artifacts", Reply(200, {"X-Total-Count": "0"}, b"[]"))
    with pytest.raises(PermanentError, match="%252F") as caught:
        registry(cache).resolve(PATHS[0], "1")
    assert not isinstance(caught.value, NotFoundError)


def test_doctor_takes_nothing_out_of_a_cache(stub: Harbor) -> None:
    stub.records.project("hub").upstream = {}  # it has lost what is cached
    stub.records.push("hub/library/debian", "1", image())
    assert "repositories included: 1" in registry(stub).check().line
    assert stub.counts["HEAD manifests"] == 1
    assert list(stub.records.repository("hub/library/debian").listed())


def test_a_project_is_asked_once_whether_it_is_a_cache(cache: Harbor) -> None:
    adapter = registry(cache)
    for _ in range(3):
        adapter.resolve(PATHS[0], "1")
    assert cache.counts["project"] == 1


def test_a_project_that_was_listed_is_not_asked(cache: Harbor) -> None:
    adapter = registry(cache)
    list(adapter.repositories())
    adapter.resolve(PATHS[0], "1")
    assert cache.counts["project"] == 0


def test_who_may_not_read_a_project_looks_at_its_tags_as_anywhere(cache: Harbor) -> None:
    narrow = Account("robot$n", "s", robot=True, permissions=EVERYTHING - {"read project"})
    cache.accounts[narrow.name] = narrow
    assert registry(cache, narrow).resolve(PATHS[0], "1").digest
    assert cache.counts["HEAD manifests"] == 1
