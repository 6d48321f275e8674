"""Which repositories are watched, on a Hub where each is a namespace and a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.contract.registry.docker_hub.conftest import API, Bench, known_of, looked
from tests.contract.registry.images import image
from tests.servers.docker_hub import OWNER, Account
from tests.servers.hostile import Reply, Seen
from watcher.domain.errors import NotFoundError, PermanentError, TransientError, UsageError

pytestmark = pytest.mark.servers


def test_every_namespace_is_listed_and_no_other(bench: Bench) -> None:
    for path in ("acme/api", "acme/web", "beta/etl", "other/x"):
        bench.server.hub.push(path, "1.0", image())
    found = bench.adapter(namespaces=("acme", "beta")).repositories()
    assert list(found) == ["acme/api", "acme/web", "beta/etl"]


def test_wildcards_choose_among_the_repositories(bench: Bench) -> None:
    for path in ("acme/api", "acme/app", "acme/old", "beta/app"):
        bench.server.hub.push(path, "1.0", image())
    both = ("acme", "beta")
    adapter = bench.adapter(include=("acme/*",), exclude=("acme/old",), namespaces=both)
    assert list(adapter.repositories()) == ["acme/api", "acme/app"]
    adapter = bench.adapter(include=("*/app",), namespaces=both)
    assert list(adapter.repositories()) == ["acme/app", "beta/app"]


@pytest.mark.parametrize("path", ["a--b/c__d.e", "acme/tags", "acme/blobs", "repositories/tags"])
def test_names_that_need_care_are_taken_literally(bench: Bench, path: str) -> None:
    names = {"_x", "1.0-Alpha_2.", "A" * 128, "list", "tags"}
    for name in names:
        bench.server.hub.push(path, name, image())
    adapter = bench.adapter(namespaces=(path.partition("/")[0],))
    assert list(adapter.repositories()) == [path]
    assert {one.tag for one in adapter.tags(path, {}).sightings} == names
    for name in names:
        assert adapter.resolve(path, name).digest == image().digest
    adapter.manifest(path, image().digest)
    assert adapter.traffic.manifest_gets == bench.server.pulls.pulled == 1


def test_a_base_is_listed_beside_the_namespaces_without_a_catalogue_of_its_own(
    bench: Bench,
) -> None:
    bench.server.hub.push(API, "1.0", image())
    bench.server.hub.push("library/debian", "12", image())
    adapter = bench.adapter(include=("**", "library/debian"))
    assert list(adapter.repositories()) == ["acme/api", "library/debian"]
    assert bench.server.counted["repositories"] == 1
    assert [one.tag for one in looked(adapter, {}, "library/debian").sightings] == ["12"]


def test_a_wildcard_over_another_namespace_lists_that_one_too(bench: Bench) -> None:
    """A base such as `hub/library/*` would otherwise match nothing, and nobody would know."""
    for path in (API, "library/debian", "library/alpine", "other/x"):
        bench.server.hub.push(path, "1.0", image())
    found = bench.adapter(include=("**", "library/*")).repositories()
    assert list(found) == [API, "library/alpine", "library/debian"]


def test_a_namespace_that_no_wildcard_reaches_is_not_listed(bench: Bench) -> None:
    bench.server.hub.push("library/debian", "12", image())
    adapter = bench.adapter(include=("acme/api", "library/*"))
    assert list(adapter.repositories()) == [API, "library/debian"]
    assert [one.path.split("?")[0] for one in bench.server.seen if one.method == "GET"] == [
        "/v2/namespaces/library/repositories"
    ]


def test_includes_without_a_wildcard_ask_for_no_catalogue(bench: Bench) -> None:
    adapter = bench.adapter(include=("library/debian", "acme/api"))
    assert list(adapter.repositories()) == ["acme/api", "library/debian"]
    assert bench.server.requests == 0


def test_without_a_catalogue_every_repository_is_looked_at(bench: Bench) -> None:
    bench.server.hub.push(API, "1.0", image())
    adapter = bench.adapter(include=(API,))
    known = known_of(adapter.tags(API, {}))
    list(adapter.repositories())
    bench.server.forget()
    looked(adapter, known)
    assert bench.server.counted == {"tags": 1}


@pytest.mark.parametrize("path", ["debian", "library/debian/slim"])
def test_a_repository_that_hub_cannot_have_is_said_at_once(bench: Bench, path: str) -> None:
    with pytest.raises(UsageError, match="such as library/debian"):
        bench.adapter(include=(path,))


@pytest.mark.parametrize("namespace", ["Acme", "acme/api", "", "../etc"])
def test_a_namespace_that_hub_cannot_have_is_said_at_once(bench: Bench, namespace: str) -> None:
    with pytest.raises(UsageError, match="is no namespace of Docker Hub"):
        bench.adapter(namespaces=(namespace,))


def test_a_catalogue_that_fails_leaves_nothing_of_the_one_before(bench: Bench) -> None:
    bench.server.hub.push(API, "1.0", image())
    adapter = bench.adapter()
    known = known_of(adapter.tags(API, {}))
    list(adapter.repositories())
    bench.server.fault = lambda seen: Reply(503) if "repositories?" in seen.path else None
    with pytest.raises(TransientError):
        list(adapter.repositories())
    assert looked(adapter, known).complete


def test_private_repositories_are_seen_by_who_may(bench: Bench) -> None:
    bench.server.hub.push(API, "1.0", image())
    bench.server.hub.push("acme/secret", "1.0", image())
    bench.server.hub.repositories["acme/secret"].private = True
    assert list(bench.adapter().repositories()) == ["acme/api", "acme/secret"]
    assert list(bench.adapter(None).repositories()) == ["acme/api"]


def test_a_token_that_lost_its_right_makes_no_repository_gone(bench: Bench) -> None:
    """The list shrinks without a word; what was known is asked for, and nobody says 404 of it."""
    bench.server.hub.push("acme/secret", "1.0", image())
    bench.server.hub.repositories["acme/secret"].private = True
    known = known_of(bench.adapter().tags("acme/secret", {}))
    bench.server.accounts["acme"] = Account(
        OWNER.username, OWNER.password, ("scope-tag-read",), hidden=("acme/secret",)
    )
    adapter = bench.adapter()
    assert list(adapter.repositories()) == []
    with pytest.raises(NotFoundError):
        looked(adapter, known, "acme/secret")
    with pytest.raises(PermanentError, match="hidden from this login") as caught:
        adapter.resolve("acme/secret", "1.0")
    assert not isinstance(caught.value, NotFoundError)


def test_repositories_pushed_and_deleted_between_pages_lose_none(bench: Bench) -> None:
    hub = bench.server.hub
    paths = [f"acme/r{number:02}" for number in range(30)]
    for path in paths:
        hub.point(path, "1.0", "sha256:" + "a" * 64)
    changes: Iterator[Callable[[], object]] = iter(
        [
            lambda: hub.repositories.pop("acme/r29"),
            lambda: hub.point("acme/r00", "1.1", "sha256:" + "b" * 64),
        ]
    )
    nothing: Callable[[], object] = dict

    def disturbed(seen: Seen) -> Reply | None:
        if "page=" in seen.path.replace("page_size=", ""):
            next(changes, nothing)()
        return None

    bench.server.fault = disturbed
    assert list(bench.adapter(page=7).repositories()) == paths[:-1]


def test_a_namespace_that_is_not_there_is_a_mistake_and_no_absence(bench: Bench) -> None:
    missing = Reply(404, {}, b'{"message": "object not found"}')
    bench.server.fault = lambda seen: missing if seen.method == "GET" else None
    with pytest.raises(PermanentError, match="no namespace acme; correct namespaces") as caught:
        list(bench.adapter().repositories())
    assert not isinstance(caught.value, NotFoundError)


def test_a_404_that_is_not_hubs_is_no_absence(bench: Bench) -> None:
    stray = Reply(404, {"Content-Type": "text/html"}, b"<html>gone fishing</html>")
    bench.server.fault = lambda seen: stray if seen.method == "GET" else None
    with pytest.raises(TransientError, match="nothing is known to be gone"):
        bench.adapter().tags(API, {})
