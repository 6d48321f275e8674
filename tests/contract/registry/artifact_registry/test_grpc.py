"""What gRPC does by itself, bound to what the configuration says."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
from google.cloud.artifactregistry_v1.types import ListRepositoriesRequest

from tests.contract.http.test_tls import certificate
from tests.contract.registry.artifact_registry.place import CONNECTING
from tests.servers.artifact_registry import Store, Stub, artifact_registry
from tests.servers.artifact_registry.faults import Faults
from tests.servers.artifact_registry.grpc import serve
from tests.servers.artifact_registry.lists import Lists
from tests.servers.tunnel import tunnel
from watcher.adapters.http import Connecting
from watcher.adapters.registries.artifact_registry import ArtifactRegistry, Site
from watcher.domain.errors import PermanentError

pytestmark = pytest.mark.servers


def over_grpc(endpoint: str, connecting: Connecting = CONNECTING) -> ArtifactRegistry:
    site = Site("acme", "europe", endpoint, endpoint)
    return ArtifactRegistry("gar", site, connecting=connecting, transport="grpc")


@pytest.fixture
def stub() -> Iterator[Stub]:
    with artifact_registry("grpc") as running:
        yield running


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    ca, key = certificate(tmp_path)
    credentials = grpc.ssl_server_credentials([(key.read_bytes(), ca.read_bytes())])
    with serve(Lists(Store(), Faults(), None), credentials) as endpoint:
        yield endpoint, ca


def test_a_certificate_nobody_vouches_for_is_refused(secure: tuple[str, Path]) -> None:
    with pytest.raises(PermanentError, match="certificate is not trusted; set tls_ca"):
        list(over_grpc(secure[0]).repositories())


def test_tls_ca_vouches_for_it(secure: tuple[str, Path]) -> None:
    endpoint, ca = secure
    assert list(over_grpc(endpoint, replace(CONNECTING, tls_ca=ca)).repositories()) == []


def test_a_configured_proxy_is_used(stub: Stub) -> None:
    with tunnel() as proxy:
        adapter = over_grpc(stub.endpoint, replace(CONNECTING, proxy=proxy.url))
        assert list(adapter.repositories()) == []
        assert proxy.targets == [stub.endpoint.removeprefix("http://")]


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("grpc_proxy", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert list(over_grpc(stub.endpoint).repositories()) == []


def test_calls_keep_to_the_rate(stub: Stub) -> None:
    adapter = over_grpc(stub.endpoint, replace(CONNECTING, rate=40))
    began = time.monotonic()
    for _ in range(9):
        list(adapter.repositories())
    assert time.monotonic() - began >= 8 / 40


def test_no_more_calls_go_at_once_than_allowed() -> None:
    lock, now, most = threading.Lock(), 0, 0

    class Slow(Lists):
        def repositories(self, request: ListRepositoriesRequest, authorization: str) -> object:  # type: ignore[override]
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.05)
            with lock:
                now -= 1
            return super().repositories(request, authorization)

    with serve(Slow(Store(), Faults(), None)) as endpoint:
        adapter = over_grpc(endpoint, replace(CONNECTING, concurrency=2))
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: list(adapter.repositories()), range(8)))
    assert most == 2
    assert adapter.traffic.requests == 8
