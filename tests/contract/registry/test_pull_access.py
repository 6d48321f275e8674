"""What another program is told, so that it pulls as we do: of every kind that takes a `tls_ca`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.contract.registry.conftest import SIGNED
from tests.contract.registry.loopback import DIGEST
from tests.contract.registry.subjects import ecr
from watcher.adapters.http import Connecting
from watcher.adapters.registries.artifact_registry import ArtifactRegistry, Site
from watcher.adapters.registries.docker_hub import DockerHubRegistry, Hosts
from watcher.adapters.registries.harbor import HarborRegistry
from watcher.adapters.registries.oci import OciRegistry
from watcher.domain.pattern import Selection
from watcher.ports.registry import Registry

pytestmark = pytest.mark.servers

URL = "https://registry.example"
ALL = Selection.parse(("**",))
KINDS: Mapping[str, Callable[[Connecting], Registry]] = {
    "oci": lambda how: OciRegistry("r", URL, connecting=how),
    "harbor": lambda how: HarborRegistry("r", URL, connecting=how),
    "artifact_registry": lambda how: ArtifactRegistry("r", Site("p", "europe"), connecting=how),
    "docker_hub": lambda how: DockerHubRegistry(
        "r", ("shop",), ALL, hosts=Hosts(URL, URL), connecting=how
    ),
    "ecr": lambda how: ecr.registry(connecting=how),
}


def test_every_kind_is_here() -> None:
    assert KINDS.keys() == SIGNED.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_the_authority_that_vouches_for_a_registry_is_handed_on(kind: str, tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text("of nobody")
    if kind == "ecr":
        with ecr.served():
            access = KINDS[kind](Connecting(tls_ca=authority)).pull_access("shop/api", DIGEST)
    else:
        access = KINDS[kind](Connecting(tls_ca=authority)).pull_access("shop/api", DIGEST)
    assert access.ca_file == str(authority)
