"""Sources that give less, more or other bytes than they promised."""

from __future__ import annotations

import hashlib
import json
import time
from io import BufferedIOBase
from pathlib import Path

import pytest

from tests.contract.artifacts.conftest import QUICK
from tests.servers.hostile import Hostile, Reply, Seen, hostile, routed
from watcher.adapters.artifacts import DATABASE_LAYERS, OciArtifacts
from watcher.domain.errors import PermanentError, TransientError, UnauthorizedError
from watcher.domain.reference import ArtifactReference
from watcher.ports.artifacts import ArtifactLayer

pytestmark = pytest.mark.servers

BODY = b"database" * 1000
LAYER = ArtifactLayer(f"sha256:{hashlib.sha256(BODY).hexdigest()}", len(BODY), "x/y")
BLOB = f"/v2/aquasec/trivy-db/blobs/{LAYER.digest}"
KIND = min(DATABASE_LAYERS)


def reference(server: Hostile) -> ArtifactReference:
    return ArtifactReference.parse(f"{server.host}/aquasec/trivy-db:2")


def pull(server: Hostile, to: Path, seconds: float = 5) -> None:
    artifacts = OciArtifacts(connecting=QUICK, download_seconds=seconds)
    artifacts.pull(reference(server), LAYER, to)


def half(wire: BufferedIOBase) -> None:
    wire.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8000\r\n\r\n" + BODY[:4000])


def half_without_a_length(wire: BufferedIOBase) -> None:
    wire.write(b"HTTP/1.1 200 OK\r\n\r\n" + BODY[:4000])


def drip(wire: BufferedIOBase) -> None:
    wire.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8000\r\n\r\n")
    for _ in range(100):
        wire.write(b"x")
        time.sleep(0.1)


@pytest.mark.parametrize("script", [half, half_without_a_length, drip])
def test_a_layer_cut_short_is_a_passing_failure_and_leaves_no_file(
    tmp_path: Path, script: object
) -> None:
    assert callable(script)
    with hostile(routed({BLOB: Reply(script=script)})) as server, pytest.raises(TransientError):
        pull(server, tmp_path / "layer", seconds=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "reply", [Reply(body=b"x" * len(BODY)), Reply(body=BODY + b"more"), Reply(404), Reply(403)]
)
def test_a_layer_of_other_bytes_is_refused_and_leaves_no_file(tmp_path: Path, reply: Reply) -> None:
    with hostile(routed({BLOB: reply})) as server, pytest.raises(PermanentError):
        pull(server, tmp_path / "layer")
    assert list(tmp_path.iterdir()) == []


def test_a_layer_elsewhere_is_fetched_without_credentials(tmp_path: Path) -> None:
    def answer(seen: Seen) -> Reply:
        if seen.path.startswith("/token"):
            return Reply(body=b'{"token": "t0ken"}')
        if seen.headers.get("authorization") == "Bearer t0ken":
            return Reply(307, {"Location": f"{storage.url}/b?X-Amz-Signature=s3cret"})
        realm = f"http://{seen.headers['host']}/token"
        # What comes with a refusal must not end up in the file.
        return Reply(401, {"WWW-Authenticate": f'Bearer realm="{realm}"'}, b"{}")

    with hostile(routed({"/b": Reply(body=BODY)}), "127.0.0.2") as storage:
        with hostile(answer) as server:
            pull(server, tmp_path / "layer")
        assert "authorization" not in storage.seen[0].headers
    assert (tmp_path / "layer").read_bytes() == BODY


def test_a_signed_address_is_not_shown_when_it_fails(tmp_path: Path) -> None:
    with hostile(lambda _: Reply(500), "127.0.0.2") as storage:
        location = {"Location": f"{storage.url}/b?X-Amz-Signature=s3cret"}
        failing = pytest.raises(TransientError)
        with hostile(lambda _: Reply(307, location)) as server, failing as caught:
            pull(server, tmp_path / "layer")
    assert "s3cret" not in repr(caught.value)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with hostile(routed({BLOB: Reply(body=BODY)})) as server:
        with pytest.raises(TransientError, match="cannot be written"):
            pull(server, tmp_path / "missing" / "layer")
        assert server.seen == []


@pytest.mark.parametrize("size", [0, -1, 4 * 1024**3 + 1, "7", None, True, 10**30])
def test_a_size_that_makes_no_sense_is_refused(size: object) -> None:
    layer = {"mediaType": KIND, "digest": LAYER.digest, "size": size}
    config = {"mediaType": "x/y", "digest": LAYER.digest, "size": 2}
    document = {"schemaVersion": 2, "config": config, "layers": [layer]}
    body = json.dumps(document).encode()
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    with hostile(lambda _: Reply(body=body)) as server, pytest.raises(PermanentError):
        OciArtifacts(connecting=QUICK).layer(reference(server), digest)


def test_an_index_is_no_database() -> None:
    body = b'{"schemaVersion": 2, "manifests": []}'
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    refused = pytest.raises(PermanentError, match="is an index")
    with hostile(lambda _: Reply(body=body)) as server, refused:
        OciArtifacts(connecting=QUICK).layer(reference(server), digest)


def test_a_source_that_wants_a_password_says_so() -> None:
    refused = pytest.raises(UnauthorizedError, match="wants a username")
    with hostile(lambda _: Reply(401)) as server, refused:
        OciArtifacts(connecting=QUICK).poll(reference(server))


def test_a_poll_is_one_head() -> None:
    digest = {"Docker-Content-Digest": LAYER.digest}
    with hostile(lambda _: Reply(200, digest)) as server:
        artifacts = OciArtifacts(connecting=QUICK)
        for _ in range(3):
            assert artifacts.poll(reference(server)) == LAYER.digest
        assert [one.method for one in server.seen] == ["HEAD"] * 3
