"""What is listed, what is left out, and what happens while pages are being read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.contract.registry.artifact_registry.place import one_pass, registry, tags
from tests.contract.registry.images import image, seen
from tests.servers.artifact_registry import Fault, Stub
from tests.servers.artifact_registry.store import Stored
from tests.servers.hostile import Reply
from watcher.adapters.registries.artifact_registry import Transport
from watcher.demo.workshop import Artifact, Index
from watcher.demo.workshop.blobs import Blob
from watcher.domain.errors import AttemptError, NotFoundError, TransientError
from watcher.ports.registry import Listing

pytestmark = pytest.mark.servers

API = "docker/shop/api"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
HELM = Artifact(Blob.of("application/vnd.cncf.helm.config.v1+json", b"{}"), ())


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def put(stub: Stub, number: int, *names: str, path: str = API, kind: str = "") -> None:
    """Store a row of the listing without bytes behind it."""
    repository, _, image_name = path.partition("/")
    row = Stored(image_name, digest(number), MANIFEST, kind, tags=set(names))
    stub.store.put(repository, row)


def test_children_of_an_index_are_no_tags(stub: Stub, transport: Transport) -> None:
    made = Index((image("1"), image("2", "linux/arm64")), attested=True)
    stub.store.push(API, "1.0", made)
    assert len(stub.store.repositories["docker"].rows) == 5
    assert tags(registry(stub, transport), API) == {"1.0": made.digest}


def test_charts_and_signatures_are_no_images(stub: Stub, transport: Transport) -> None:
    pushed = stub.store.push(API, "1.0", image())
    stub.store.push(API, "chart", HELM)
    stub.store.push("docker/charts/web", "1.0", HELM)
    adapter = registry(stub, transport)
    assert list(adapter.repositories()) == [API]
    assert tags(adapter, API) == {"1.0": pushed}


def test_what_may_be_an_image_is_never_left_out_in_silence(
    stub: Stub, transport: Transport
) -> None:
    put(stub, 1, "referring", kind=MANIFEST)  # a manifest with a subject, and no more said
    put(stub, 2, "plain", kind="application/vnd.oci.image.config.v1+json")
    assert tags(registry(stub, transport), API) == {"referring": digest(1), "plain": digest(2)}


def test_wildcards_find_standard_repositories_of_docker_alone(
    stub: Stub, transport: Transport
) -> None:
    stub.store.push(API, "1.0", image())
    for name, form, mode in (
        ("maven", "MAVEN", "STANDARD"),
        ("hub", "DOCKER", "REMOTE"),
        ("all", "DOCKER", "VIRTUAL"),
        ("empty", "DOCKER", "STANDARD"),
    ):
        stub.store.add(name, format=form, mode=mode)
    put(stub, 1, "12", path="hub/library/debian")
    assert list(registry(stub, transport).repositories()) == [API]


def test_a_remote_repository_is_watched_where_its_image_is_named(
    stub: Stub, transport: Transport
) -> None:
    stub.store.add("hub", mode="REMOTE")
    put(stub, 1, "12", path="hub/library/debian")
    adapter = registry(stub, transport, include=("hub/library/debian",))
    assert list(adapter.repositories()) == ["hub/library/debian"]
    assert tags(adapter, "hub/library/debian") == {"12": digest(1)}


def test_names_without_a_wildcard_cost_no_look_at_the_location(
    stub: Stub, transport: Transport
) -> None:
    put(stub, 1, "1.0")
    found = one_pass(registry(stub, transport, include=(API,)))
    assert isinstance(found[API], Listing)
    assert (stub.asked("repositories"), stub.asked("dockerImages")) == (0, 1)


def test_repositories_that_no_pattern_can_reach_are_not_asked_for(
    stub: Stub, transport: Transport
) -> None:
    for number, path in enumerate(("docker/api", "dock/api", "infra/api")):
        put(stub, number, "1.0", path=path)
    adapter = registry(stub, transport, include=("doc*/**",), exclude=("dock/**",))
    assert list(adapter.repositories()) == ["docker/api"]
    assert stub.asked("dockerImages") == 1


def test_the_slashes_of_a_name_come_escaped(stub: Stub, transport: Transport) -> None:
    put(stub, 1, "1.0", path="docker/a/b/c__d/e.f")
    assert one_pass(registry(stub, transport)).keys() == {"docker/a/b/c__d/e.f"}


def test_a_tag_is_dated_by_the_upload_of_its_digest(stub: Stub, transport: Transport) -> None:
    at = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    stub.store.push(API, "1.0", image(), at)
    (one,) = registry(stub, transport).tags(API, {}).sightings
    assert one.pushed_at == at
    assert type(one.pushed_at) is datetime


def test_strange_tags_are_failed_and_not_dropped(stub: Stub, transport: Transport) -> None:
    put(stub, 1, "good", "-rf", "a b", "\x1b[31m", "ü")
    listing = registry(stub, transport).tags(API, {})
    assert [one.tag for one in listing.sightings] == ["good"]
    assert len(listing.failed) == 4
    assert all(key.isprintable() for key in listing.failed)


def after_the_first(change: Callable[[], None]) -> Callable[[int], None]:
    """Change something once the first page is out."""
    return lambda page: change() if page == 1 else None


class TestPages:
    """Two images to a page, and something happens after the first one."""

    def test_a_tag_that_moves_to_a_page_already_read_is_not_gone(
        self, stub: Stub, transport: Transport
    ) -> None:
        first, last = sorted((image("1"), image("2")), key=lambda one: one.digest)
        stub.store.push(API, "old", first)
        stub.store.push(API, "latest", last)
        stub.store.turned = after_the_first(lambda: stub.store.tag(API, "latest", first.digest))
        known = seen({"old": first.digest, "latest": last.digest})
        adapter = registry(stub, transport, page=1)
        assert tags(adapter, API, known) == {"old": first.digest, "latest": first.digest}
        assert (stub.asked("HEAD manifests"), stub.asked("GET manifests")) == (1, 0)

    def test_a_tag_seen_on_two_pages_is_where_the_registry_says(
        self, stub: Stub, transport: Transport
    ) -> None:
        first, last = sorted((image("1"), image("2")), key=lambda one: one.digest)
        stub.store.push(API, "old", last)
        stub.store.push(API, "latest", first)
        stub.store.turned = after_the_first(lambda: stub.store.tag(API, "latest", last.digest))
        adapter = registry(stub, transport, page=1)
        assert tags(adapter, API) == {"old": last.digest, "latest": last.digest}

    def test_a_tag_that_is_gone_is_gone_after_a_look_at_it(
        self, stub: Stub, transport: Transport
    ) -> None:
        pushed = [stub.store.push(API, f"1.{number}", image(str(number))) for number in range(5)]
        stub.store.untag(API, "1.3")
        known = seen({f"1.{number}": one for number, one in enumerate(pushed)})
        found = tags(registry(stub, transport, page=2), API, known)
        assert found.keys() == {"1.0", "1.1", "1.2", "1.4"}
        assert stub.asked("HEAD manifests") == 1

    @pytest.mark.parametrize(
        ("status", "says"),
        [
            ("UNAVAILABLE", "503"),
            ("PERMISSION_DENIED", "is missing"),
            ("RESOURCE_EXHAUSTED", "429"),
        ],
    )
    def test_a_tag_that_cannot_be_looked_at_is_failed_and_not_gone(
        self, stub: Stub, transport: Transport, status: str, says: str
    ) -> None:
        put(stub, 1, "1.0")
        put(stub, 2, "1.1")
        stub.fail("v2", Fault(status))
        known = seen({"1.0": digest(1), "2.0": digest(3)})
        listing = registry(stub, transport, page=1).tags(API, known)
        assert [one.tag for one in listing.sightings] == ["1.0", "1.1"]
        assert says in listing.failed["2.0"]

    def test_images_that_come_and_go_meanwhile_hide_none_of_the_others(
        self, stub: Stub, transport: Transport
    ) -> None:
        for number in range(10, 20):
            put(stub, number, f"1.{number}")

        def turned(page: int) -> None:
            rows = stub.store.repositories["docker"].rows
            rows.pop(f"shop%2Fapi@{digest(10 + 2 * (page - 1))}")
            put(stub, page, f"2.{page}")

        stub.store.turned = turned
        found = tags(registry(stub, transport, page=2), API)
        assert {f"1.{number}" for number in range(10, 20)} <= found.keys()

    def test_repositories_are_read_to_the_last_page(self, stub: Stub, transport: Transport) -> None:
        paths = [f"r{number}/app" for number in range(7)]
        for number, path in enumerate(paths):
            put(stub, number, "1.0", path=path)
        assert list(registry(stub, transport, page=2).repositories()) == paths
        assert stub.asked("repositories") == 4


class TestAbsence:
    """What is gone, and what only seems to be."""

    def test_a_repository_that_its_location_does_not_list_is_gone(
        self, stub: Stub, transport: Transport
    ) -> None:
        put(stub, 1, "1.0")
        found = one_pass(registry(stub, transport), known=["old/shop/api"])
        assert isinstance(found[API], Listing)
        assert isinstance(found["old/shop/api"], NotFoundError)

    def test_a_repository_that_is_empty_has_no_such_image(
        self, stub: Stub, transport: Transport
    ) -> None:
        stub.store.add("docker")
        with pytest.raises(NotFoundError, match="was listed, and has no image named shop/api"):
            registry(stub, transport).tags(API, {})

    @pytest.mark.parametrize("status", ["NOT_FOUND", "PERMISSION_DENIED", "UNAVAILABLE"])
    def test_nothing_is_gone_where_the_location_does_not_answer(
        self, stub: Stub, transport: Transport, status: str
    ) -> None:
        stub.fail("repositories", Fault(status))
        with pytest.raises(TransientError):
            registry(stub, transport).tags("old/shop/api", {})

    def test_a_404_of_a_repository_that_is_listed_is_no_evidence(
        self, stub: Stub, transport: Transport
    ) -> None:
        put(stub, 1, "1.0")
        stub.fail("dockerImages", Fault("NOT_FOUND"))
        with pytest.raises(TransientError, match="nothing is known to be gone"):
            registry(stub, transport).tags(API, {})

    def test_a_repository_deleted_between_two_lists_is_left_out(
        self, stub: Stub, transport: Transport
    ) -> None:
        put(stub, 1, "1.0")
        put(stub, 2, "1.0", path="infra/api")
        stub.store.turned = lambda _: stub.store.repositories.pop("infra", None)
        adapter = registry(stub, transport)
        adapter._catalogue._concurrency = 1
        assert list(adapter.repositories()) == [API]

    def test_a_404_in_the_middle_of_a_list_is_no_absence(
        self, stub: Stub, transport: Transport
    ) -> None:
        put(stub, 1, "1.0")
        put(stub, 2, "1.1")
        stub.fail("dockerImages", Fault("NOT_FOUND", after=1))
        with pytest.raises(TransientError, match=r"while .* was being listed"):
            registry(stub, transport, page=1).tags(API, {})

    def test_a_page_that_has_expired_is_a_passing_failure(
        self, stub: Stub, transport: Transport
    ) -> None:
        put(stub, 1, "1.0")
        put(stub, 2, "1.1")
        stub.fail("dockerImages", Fault("INVALID_ARGUMENT", after=1))
        with pytest.raises(TransientError, match="was being listed"):
            registry(stub, transport, page=1).tags(API, {})

    @pytest.mark.parametrize(
        "status",
        [
            "PERMISSION_DENIED",
            "UNAUTHENTICATED",
            "UNIMPLEMENTED",
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
            "INTERNAL",
        ],
    )
    def test_any_failure_in_the_middle_of_a_list_fails_all_of_it(
        self, stub: Stub, transport: Transport, status: str
    ) -> None:
        put(stub, 1, "1.0")
        put(stub, 2, "1.1")
        put(stub, 3, "1.0", path="infra/api")
        stub.fail("dockerImages", Fault(status, after=1))
        with pytest.raises(AttemptError) as caught:
            registry(stub, transport, page=1).tags(API, seen({"1.1": digest(2)}))
        assert not isinstance(caught.value, NotFoundError)
        stub.fail("repositories", Fault(status, after=1))
        with pytest.raises(AttemptError) as caught:
            list(registry(stub, transport, page=1).repositories())
        assert not isinstance(caught.value, NotFoundError)

    def test_a_404_on_a_doubtful_tag_counts_only_where_a_registry_answers(
        self, stub: Stub, transport: Transport
    ) -> None:
        put(stub, 1, "1.0")
        put(stub, 2, "1.1")
        stub.fail("ping", Fault(reply=Reply(404)))
        known = seen({"1.0": digest(1), "2.0": digest(3)})
        listing = registry(stub, transport, page=1).tags(API, known)
        assert [one.tag for one in listing.sightings] == ["1.0", "1.1"]
        assert "nothing is known to be gone" in listing.failed["2.0"]
