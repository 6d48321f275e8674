"""The stub over each transport."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.artifact_registry import Stub, artifact_registry
from watcher.adapters.registries.artifact_registry import Transport


@pytest.fixture(params=["rest", "grpc"])
def transport(request: pytest.FixtureRequest) -> Transport:
    return "grpc" if request.param == "grpc" else "rest"


@pytest.fixture
def stub(transport: Transport) -> Iterator[Stub]:
    with artifact_registry(transport) as running:
        yield running
