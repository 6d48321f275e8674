"""Manifests and configurations that are not what they claim to be."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import pytest

from tests.contract.registry.loopback import DIGEST, answering, registry
from tests.servers.hostile import Reply, hostile
from watcher.domain.errors import NotFoundError, PermanentError, TransientError, WatcherError

pytestmark = pytest.mark.servers


def refused_manifest(body: bytes, digest: str | None = None) -> WatcherError:
    digest = digest or f"sha256:{hashlib.sha256(body).hexdigest()}"
    with hostile(answering(("/v2/shop/api/manifests/", Reply(body=body)))) as server:
        with pytest.raises(PermanentError) as caught:
            registry(server).manifest("shop/api", digest)
        with pytest.raises(PermanentError):
            registry(server).image("shop/api", digest)
    assert "\n" not in str(caught.value)
    assert str(caught.value).isprintable()
    return caught.value


def test_a_manifest_that_is_not_what_its_digest_says_is_refused() -> None:
    assert "the digest sha256:" in str(refused_manifest(b"{}", DIGEST))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"\x1f\x8b", "not JSON"),
        (b"[" * 50_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "schemaVersion"),
        (b'{"schemaVersion": 1, "history": []}', "schema 1"),
        (b'{"schemaVersion": 2}', "neither a manifest nor an index"),
        (b'{"schemaVersion": 2, "manifests": [], "config": {}}', "neither"),
        (b'{"schemaVersion": 2, "manifests": []}', "not an image"),
        (b'{"schemaVersion": 2, "manifests": [7]}', "manifests[0] is not a JSON object"),
        (b'{"schemaVersion": 2, "manifests": [{"digest": "sha256:x"}]}', "not a sha256 digest"),
        (b'{"schemaVersion": 2, "config": [], "layers": []}', "digest"),
        (b'{"schemaVersion": 2, "config": {"digest": "\\u001b[31m"}}', "digest"),
        (b'{"schemaVersion": 2, "layers": [], "mediaType": "text/html"}', "mediaType"),
    ],
)
def test_a_manifest_that_is_none_is_refused_with_the_reason(body: bytes, says: str) -> None:
    assert says in str(refused_manifest(body))


@dataclass(frozen=True, slots=True)
class Stored:
    """A plain manifest over a configuration, and what the registry gives for the latter."""

    config: bytes
    given: Reply
    size: int | None = None

    @property
    def manifest(self) -> bytes:
        digest = f"sha256:{hashlib.sha256(self.config).hexdigest()}"
        size = len(self.config) if self.size is None else self.size
        kind = "application/vnd.oci.image.config.v1+json"
        config = {"mediaType": kind, "digest": digest, "size": size}
        return json.dumps({"schemaVersion": 2, "config": config, "layers": []}).encode()

    def refused(self) -> WatcherError:
        digest = f"sha256:{hashlib.sha256(self.manifest).hexdigest()}"
        rules = (
            ("/v2/shop/api/manifests/", Reply(body=self.manifest)),
            ("/v2/shop/api/blobs/", self.given),
        )
        with hostile(answering(*rules)) as server, pytest.raises(WatcherError) as caught:
            registry(server).manifest("shop/api", digest)
        assert not isinstance(caught.value, NotFoundError)
        return caught.value


GOOD = b'{"os": "linux", "architecture": "amd64"}'


def test_a_configuration_that_is_wrong_is_refused_with_the_reason() -> None:
    assert "other bytes" in str(Stored(GOOD, Reply(body=b"{}")).refused())
    assert "lost this blob" in str(Stored(GOOD, Reply(404)).refused())
    assert "8388608 are allowed" in str(Stored(GOOD, Reply(body=GOOD), 10**9).refused())
    assert "no os and architecture" in str(Stored(b"{}", Reply(body=b"{}")).refused())
    hostile_name = b'{"os": "\\u001b[31m", "architecture": "x"}'
    assert "is no platform" in str(Stored(hostile_name, Reply(body=hostile_name)).refused())


def test_a_configuration_cut_short_is_a_passing_failure() -> None:
    cut = Reply(headers={"Content-Length": str(len(GOOD) + 5)}, body=GOOD)
    assert isinstance(Stored(GOOD, cut).refused(), TransientError)
