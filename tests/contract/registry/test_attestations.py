"""What is attached to images, as builders and cosign attach it, on two real registries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.contract.registry.images import image
from tests.servers.olareg import olareg
from watcher.adapters.distribution.statement import parse_statement
from watcher.adapters.registries.oci import OciRegistry
from watcher.demo.workshop import (
    Artifact,
    Index,
    Pusher,
    Registry,
    bundled,
    cosigned,
    in_toto,
    signature,
    stated,
)
from watcher.demo.workshop.blobs import Blob, json_bytes
from watcher.domain.errors import PermanentError, TransientError
from watcher.domain.pattern import Selection

API = "shop/api"
VEX = "https://openvex.dev/ns/v0.2.0"
SAID: dict[str, Any] = {"@context": VEX, "statements": []}
SUBJECT = image("1")


@pytest.fixture
def distribution(tmp_path: Path) -> Iterator[str]:
    """A registry without the referrers API."""
    with Registry(tmp_path) as registry:
        yield registry.url


@pytest.fixture
def referring(tmp_path: Path) -> Iterator[str]:
    """A registry with the referrers API."""
    with olareg(tmp_path) as registry:
        yield registry.url


def adapter(url: str) -> OciRegistry:
    return OciRegistry("local", url, Selection.parse((API,)))


def told(url: str, digest: str = SUBJECT.digest) -> list[tuple[str, str, bool]]:
    found = adapter(url).attestations(API, digest, attached=True)
    assert all(one.subject == digest for one in found)
    return sorted((one.place, one.predicate_type, one.signed) for one in found)


@pytest.mark.servers
def test_what_cosign_attached_under_a_tag_is_read_and_called_signed(distribution: str) -> None:
    with Pusher(distribution) as pusher:
        pusher.push_image(API, "1.0", SUBJECT)
        tag, artifact = cosigned(SUBJECT.digest, VEX, SAID)
        pusher.push_artifact(API, tag, artifact)
        pusher.push_artifact(API, *signature(SUBJECT.digest))
    assert told(distribution) == [("tag", VEX, True)]
    (one,) = adapter(distribution).attestations(API, SUBJECT.digest, attached=True)
    assert one.predicate == SAID
    assert list(adapter(distribution).attestations(API, SUBJECT.digest, attached=False)) == []


@pytest.mark.servers
def test_what_refers_to_an_image_is_read_by_the_api(referring: str) -> None:
    with Pusher(referring) as pusher:
        pusher.push_image(API, "1.0", SUBJECT)
        index = Index([SUBJECT])
        pusher.push_index(API, "many", index)
        for number, one in enumerate((bundled(SUBJECT, VEX, SAID), stated(SUBJECT, VEX, SAID))):
            pusher.push_artifact(API, f"attached{number}", one)
        pusher.push_artifact(API, "of-index", stated(index, VEX, SAID))
        sbom = replace(stated(SUBJECT, VEX, SAID), artifact_type="application/spdx+json")
        pusher.push_artifact(API, "sbom", sbom)
    assert told(referring) == [("referrer", VEX, False), ("referrer", VEX, True)]
    assert told(referring, index.digest) == [("referrer", VEX, False)]


@pytest.mark.servers
def test_where_there_is_no_such_api_its_fallback_tag_is_read(distribution: str) -> None:
    attached = bundled(SUBJECT, VEX, SAID)
    entry = {**attached.manifest().descriptor(), "artifactType": attached.artifact_type}
    kind = "application/vnd.oci.image.index.v1+json"
    listed = {"schemaVersion": 2, "mediaType": kind, "manifests": [entry]}
    with Pusher(distribution) as pusher:
        pusher.push_image(API, "1.0", SUBJECT)
        pusher.push_artifact(API, "attached", attached)
        fallback = Blob.of(kind, json_bytes(listed))  # type: ignore[arg-type]
        pusher.put_manifest(API, SUBJECT.digest.replace(":", "-"), fallback)
    assert told(distribution) == [("referrer", VEX, True)]


@pytest.mark.servers
def test_what_is_said_of_another_image_counts_for_nothing(distribution: str) -> None:
    with Pusher(distribution) as pusher:
        pusher.push_image(API, "1.0", SUBJECT)
        _, artifact = cosigned(image("2").digest, VEX, SAID)
        pusher.push_artifact(API, SUBJECT.digest.replace(":", "-") + ".att", artifact)
    assert told(distribution) == []


@pytest.mark.servers
def test_what_is_no_statement_is_an_error_and_not_an_absence(distribution: str) -> None:
    broken = Artifact(
        Blob.of("application/vnd.oci.image.config.v1+json", b"{}"),
        (Blob.of("application/vnd.dsse.envelope.v1+json", b'{"payload": "not base64!"}'),),
    )
    with Pusher(distribution) as pusher:
        pusher.push_image(API, "1.0", SUBJECT)
        pusher.push_artifact(API, SUBJECT.digest.replace(":", "-") + ".att", broken)
    with pytest.raises(PermanentError, match="payload is 'not base64!', not base64"):
        told(distribution)


def test_a_registry_that_does_not_answer_is_an_error_and_not_an_absence() -> None:
    with pytest.raises(TransientError):
        told("http://127.0.0.1:9")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"null", b'{"subject": 3}', b'{"subject": [3]}', b'{"payload": "e30"}'),
        b'{"subject": [{"digest": {"sha256": 3}}]}',
        b'{"dsseEnvelope": {"payload": "bm8="}}',
        b'{"messageSignature": {}}',
    ],
)
def test_any_bytes_are_refused_or_say_nothing(body: bytes) -> None:
    try:
        assert parse_statement("x", body, SUBJECT.digest, "tag") is None
    except PermanentError as error:
        assert str(error)  # noqa: PT017 either is right


def test_a_predicate_that_is_none_is_refused() -> None:
    body = json_bytes(in_toto(SUBJECT.digest, VEX, "not a mapping"))
    with pytest.raises(PermanentError, match="predicate is not a JSON object"):
        parse_statement("x", body, SUBJECT.digest, "tag")
