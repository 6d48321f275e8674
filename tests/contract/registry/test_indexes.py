"""Indexes as they are found in the wild: nested, silent about platforms, or full of strangers."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.contract.registry.images import image
from tests.contract.registry.loopback import answering, registry
from tests.servers.hostile import Reply, hostile
from watcher.demo.workshop.blobs import Blob
from watcher.domain.errors import NotFoundError, PermanentError
from watcher.domain.reference import Platform
from watcher.ports.registry import Manifest

pytestmark = pytest.mark.servers

OCI = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
AMD, ARM = image(), image(platform="linux/arm64")


class Store:
    """Blobs and manifests by digest, as a registry serves them."""

    def __init__(self, *blobs: Blob) -> None:
        self.replies = {blob.digest: blob.content for blob in blobs}

    def index(self, *entries: dict[str, object]) -> dict[str, object]:
        """Store an index; gives an entry for it."""
        body = json.dumps({"schemaVersion": 2, "manifests": entries}).encode()
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        self.replies[digest] = body
        return {"mediaType": INDEX, "digest": digest, "size": len(body)}

    def manifest(self, entry: dict[str, object]) -> Manifest:
        """Ask the adapter what an entry stands for."""
        kinds = ("manifests", "blobs")
        rules = [
            (f"/v2/shop/api/{kind}/{digest}", Reply(body=body))
            for digest, body in self.replies.items()
            for kind in kinds
        ]
        with hostile(answering(*rules)) as server:
            return registry(server).manifest("shop/api", str(entry["digest"]))


def entry(one: Blob, **more: object) -> dict[str, object]:
    return {**one.descriptor(), **more}


def platforms(manifest: Manifest) -> list[tuple[str, str]]:
    return [(str(one.platform), one.digest) for one in manifest.platforms]


@pytest.fixture
def store() -> Store:
    return Store(*(blob for one in (AMD, ARM) for blob in (one.manifest(), one.config())))


def test_an_index_inside_an_index_is_looked_into(store: Store) -> None:
    inner = store.index(entry(ARM.manifest(), platform={"os": "linux", "architecture": "arm64"}))
    outer = store.index(entry(AMD.manifest()), inner)
    assert platforms(store.manifest(outer)) == [
        ("linux/amd64", AMD.digest),
        ("linux/arm64", ARM.digest),
    ]


def test_indexes_nested_deeper_are_refused(store: Store) -> None:
    entry_ = store.index(store.index(store.index(entry(AMD.manifest()))))
    with pytest.raises(PermanentError, match="deeper than two levels"):
        store.manifest(entry_)


def test_a_platform_that_is_not_said_is_read_from_the_configuration(store: Store) -> None:
    outer = store.index(entry(AMD.manifest()), entry(ARM.manifest(), platform={}))
    assert platforms(store.manifest(outer)) == [
        ("linux/amd64", AMD.digest),
        ("linux/arm64", ARM.digest),
    ]


def test_a_platform_listed_twice_is_the_first_one(store: Store) -> None:
    windows = {"os": "windows", "architecture": "amd64"}
    outer = store.index(
        entry(AMD.manifest(), platform={**windows, "os.version": "10.0.1"}),
        entry(ARM.manifest(), platform={**windows, "os.version": "10.0.2"}),
    )
    (only,) = store.manifest(outer).platforms
    assert (only.platform, only.digest) == (Platform("windows", "amd64"), AMD.digest)


def test_an_index_that_lists_what_is_not_there_is_refused_and_not_gone(store: Store) -> None:
    lost = {"mediaType": OCI, "digest": "sha256:" + "0" * 64, "size": 7}
    with pytest.raises(PermanentError, match="which the registry has not") as caught:
        store.manifest(store.index(lost))
    assert not isinstance(caught.value, NotFoundError)


def test_an_entry_that_lies_about_being_an_index_is_refused(store: Store) -> None:
    inner = store.index(entry(AMD.manifest()))
    with pytest.raises(PermanentError, match="says it is not"):
        store.manifest(store.index({**inner, "mediaType": OCI}))
    with pytest.raises(PermanentError, match="nested"):
        store.manifest(store.index(entry(AMD.manifest(), mediaType=INDEX)))


def test_an_index_that_would_cost_thousands_of_requests_is_refused(store: Store) -> None:
    silent = [entry(AMD.manifest(), size=number) for number in range(50)]
    inner = [store.index(*silent, entry(ARM.manifest(), size=number)) for number in range(50)]
    with pytest.raises(PermanentError, match="100 entries are looked into at most"):
        store.manifest(store.index(*inner))
