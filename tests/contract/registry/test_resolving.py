"""Tags that resolve, tags that do not, and registries that give up half way."""

from __future__ import annotations

import hashlib

import pytest

from tests.contract.registry.images import seen
from tests.contract.registry.loopback import DIGEST, TAGS, answering, listed, pointing, registry
from tests.servers.hostile import Reply, Seen, hostile
from watcher.domain.errors import RateLimitedError, TransientError, UnauthorizedError, WatcherError

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("digest", ["", "sha512:" + "a" * 128, "sha256:short", "latest", "\x1b[0m"])
def test_a_digest_nobody_can_trust_is_computed_from_the_bytes(digest: str) -> None:
    body = b'{"schemaVersion": 2}'
    headers = {"Docker-Content-Digest": digest} if digest else {}
    with hostile(answering(("/v2/shop/api/manifests/", Reply(200, headers, body)))) as server:
        adapter = registry(server)
        found = adapter.resolve("shop/api", "1.0").digest
    assert found == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert adapter.traffic.manifest_gets == 1
    assert adapter.traffic.bytes_pulled == len(body)


def test_a_registry_without_head_is_asked_with_get() -> None:
    def answer(seen: Seen) -> Reply:
        return Reply(405) if seen.method == "HEAD" else Reply(body=b"{}")

    with hostile(answer) as server:
        found = registry(server).resolve("shop/api", "1.0").digest
    assert found == f"sha256:{hashlib.sha256(b'{}').hexdigest()}"


def test_what_is_known_is_asked_for_conditionally() -> None:
    def answer(seen: Seen) -> Reply:
        if seen.path.startswith(TAGS):
            return listed("a")
        return Reply(304 if seen.headers.get("if-none-match") == f'"{DIGEST}"' else 500)

    with hostile(answer) as server:
        listing = registry(server).tags("shop/api", seen({"a": DIGEST}))
        assert [one.digest for one in listing.sightings] == [DIGEST]
        for kind in ("index.v1", "manifest.v1", "manifest.list.v2", "manifest.v2"):
            assert kind in server.seen[-1].headers["accept"]


def test_a_304_nobody_asked_for_is_a_failure() -> None:
    with hostile(answering((TAGS, listed("a")), ("/v2/", Reply(304)))) as server:
        assert set(registry(server).tags("shop/api", {}).failed) == {"a"}


def test_one_failing_tag_does_not_hide_the_others() -> None:
    rules = (
        (TAGS, listed("a", "b", "c")),
        ("/v2/shop/api/manifests/b", Reply(500)),
        ("/v2/shop/api/manifests/", pointing()),
    )
    with hostile(answering(*rules)) as server:
        listing = registry(server).tags("shop/api", {})
    assert [one.tag for one in listing.sightings] == ["a", "c"]
    assert "500" in listing.failed["b"]
    assert listing.complete


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(500), TransientError),
        (Reply(401), UnauthorizedError),
        (Reply(403), UnauthorizedError),
        (Reply(429, {"Retry-After": "3600"}), RateLimitedError),
    ],
)
def test_a_registry_that_fails_altogether_is_not_asked_a_thousand_times(
    reply: Reply, kind: type[WatcherError]
) -> None:
    names = [f"t{number}" for number in range(1000)]
    with hostile(answering((TAGS, listed(*names)), ("/v2/shop", reply))) as server:
        with pytest.raises(kind):
            registry(server).tags("shop/api", {})
        assert len(server.seen) < 100


def test_what_was_learnt_before_an_outage_is_kept_and_the_rest_is_failed() -> None:
    names = [f"t{number:03}" for number in range(500)]

    def answer(seen: Seen) -> Reply:
        if seen.path.startswith(TAGS):
            return listed(*names)
        return pointing() if int(seen.path[-3:]) < 100 else Reply(503)

    with hostile(answer) as server:
        listing = registry(server).tags("shop/api", {})
        assert len(server.seen) < 200
    assert {one.tag for one in listing.sightings} == set(names[:100])
    assert set(listing.failed) == set(names[100:])
