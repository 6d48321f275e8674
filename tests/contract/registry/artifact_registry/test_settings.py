"""A registry built from its configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.registry.images import image
from tests.servers.artifact_registry import Stub
from watcher.adapters.registries.artifact_registry import Transport
from watcher.config import load
from watcher.crewing.registries import registry_of

pytestmark = pytest.mark.servers


def test_a_registry_is_built_as_it_is_configured(
    stub: Stub, transport: Transport, tmp_path: Path
) -> None:
    pushed = stub.store.push("docker/shop/api", "1.0", image())
    path = tmp_path / "watcher.yaml"
    path.write_text(
        "registries: [{name: gar, kind: artifact-registry, project: acme, location: europe,"
        f" endpoint: '{stub.endpoint}', images: '{stub.images}', anonymous: true,"
        f" transport: {transport}}}]"
    )
    config = load(path, {})
    adapter = registry_of(config.registries[0], config.selection("gar"))
    assert list(adapter.repositories()) == ["docker/shop/api"]
    assert adapter.resolve("docker/shop/api", "1.0").digest == pushed
    assert adapter.image("docker/shop/api", pushed).digest == pushed


def test_building_a_registry_asks_for_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    path = tmp_path / "watcher.yaml"
    path.write_text(
        "registries: [{name: gar, kind: artifact-registry, project: acme, location: europe}]"
    )
    (one,) = load(path, {}).registries
    adapter = registry_of(one)
    assert adapter.address("docker/api") == "europe-docker.pkg.dev/acme/docker/api"
    assert adapter.traffic.requests == 0
