"""What `watcher doctor` says of every kind in every state: the matrix that each kind signs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from typing import Final, Protocol

import pytest

from tests.contract.registry.conftest import SIGNED
from tests.contract.registry.states import STATES, Said
from tests.contract.registry.states.artifact_registry import AnArtifactRegistry
from tests.contract.registry.states.docker_hub import Hub
from tests.contract.registry.states.ecr import AnEcr
from tests.contract.registry.states.harbor import AHarbor
from tests.contract.registry.states.oci import Oci
from watcher.cli.checks import checked

pytestmark = pytest.mark.servers


class Kind(Protocol):
    """A kind of registry, brought into a state on servers that end with the test."""

    def said(self, state: str) -> Iterable[Said]:
        """Give the registries of a state, one after another, and what is said of each."""


KINDS: Final[dict[str, Callable[[ExitStack], Kind]]] = {
    "oci": Oci,
    "harbor": AHarbor,
    "ecr": AnEcr,
    "artifact_registry rest": partial(AnArtifactRegistry, transport="rest"),
    "artifact_registry grpc": partial(AnArtifactRegistry, transport="grpc"),
    "docker_hub": Hub,
}


def test_every_kind_signs_the_matrix() -> None:
    assert {kind.partition(" ")[0] for kind in KINDS} == SIGNED.keys()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_doctor_tells_each_state_of_each_kind(kind: str, state: str) -> None:
    with ExitStack() as servers:
        told_of = 0
        for said in KINDS[kind](servers).said(state):
            told_of += 1
            told = checked(said.registry)
            assert said.text in told.message
            assert told.state == said.state, told.message
            assert told.message.isprintable()
            assert "s3cret" not in told.message
        assert told_of, "a state that a kind never comes into"
