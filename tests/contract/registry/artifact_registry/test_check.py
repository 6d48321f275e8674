"""What doctor says of a registry."""

from __future__ import annotations

import pytest

from tests.contract.registry.artifact_registry.place import FIRST, Renewing, registry
from tests.contract.registry.images import image
from tests.servers.artifact_registry import Fault, Stub, artifact_registry
from tests.servers.hostile import Reply, hostile
from watcher.adapters.http import Connecting, Retrying
from watcher.adapters.registries.artifact_registry import ArtifactRegistry, Site, Transport
from watcher.domain.errors import (
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)

pytestmark = pytest.mark.servers

API = "docker/shop/api"
DOWNLOAD = "artifactregistry.repositories.downloadArtifacts"


@pytest.fixture
def filled(stub: Stub) -> Stub:
    stub.store.push(API, "1.0", image("1"))
    stub.store.push("docker/shop/web", "1.0", image("2"))
    return stub


def test_all_is_well_in_one_line(filled: Stub, transport: Transport) -> None:
    line = registry(filled, transport, login=Renewing()).check().line
    assert line == (
        "projects/acme/locations/europe answers with application default credentials;"
        " repositories included: 2"
    )


def test_a_look_costs_no_download(filled: Stub, transport: Transport) -> None:
    registry(filled, transport).check()
    assert (filled.asked("HEAD manifests"), filled.asked("GET manifests")) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "permission"),
    [
        ("repositories", "artifactregistry.repositories.list"),
        ("dockerImages", "artifactregistry.dockerimages.list"),
        ("v2", DOWNLOAD),
    ],
)
def test_a_missing_permission_is_named(
    filled: Stub, transport: Transport, kind: str, permission: str
) -> None:
    filled.fail(kind, Fault("PERMISSION_DENIED", "denied"))
    with pytest.raises(UnauthorizedError, match=f"the permission {permission} is missing"):
        registry(filled, transport).check()


def test_a_quota_that_is_used_up_is_said(filled: Stub, transport: Transport) -> None:
    filled.fail("repositories", Fault("RESOURCE_EXHAUSTED", "Quota exceeded", delay=60))
    with pytest.raises(RateLimitedError, match="the quota is used up"):
        registry(filled, transport).check()


def test_wrong_credentials_are_said(transport: Transport) -> None:
    with artifact_registry(transport, {"another"}) as stub:
        with pytest.raises(UnauthorizedError, match="the access token is refused") as caught:
            registry(stub, transport, login=Renewing(FIRST)).check()
        assert FIRST not in str(caught.value)


def test_missing_credentials_are_said(transport: Transport) -> None:
    refused = pytest.raises(UnauthorizedError, match="it wants credentials, and anonymous is set")
    with artifact_registry(transport, {"another"}) as stub, refused:
        registry(stub, transport).check()


def at(endpoint: str, transport: Transport) -> ArtifactRegistry:
    connecting = Connecting(retrying=Retrying(attempts=1))
    site = Site("acme", "europe", endpoint, endpoint)
    return ArtifactRegistry("gar", site, connecting=connecting, transport=transport)


def test_a_host_where_nobody_answers_is_said(transport: Transport) -> None:
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:1"):
        at("http://127.0.0.1:1", transport).check()


def test_a_host_of_something_else_is_said() -> None:
    refused = pytest.raises(PermanentError, match="correct the endpoint")
    with hostile(lambda _: Reply(404, body=b"nothing here")) as server, refused:
        at(server.url, "rest").check()


def test_a_host_that_speaks_no_grpc_is_said() -> None:
    refused = pytest.raises(TransientError, match="no Artifact Registry over gRPC")
    with hostile(lambda _: Reply(404, body=b"nothing here")) as server, refused:
        at(server.url, "grpc").check()
