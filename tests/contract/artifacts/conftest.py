"""The sources of artifacts that sign the suite: the adapter on a real registry, and the fake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.fakes.artifacts import FakeArtifacts
from tests.servers.registry import served
from watcher.adapters.artifacts import OciArtifacts
from watcher.adapters.distribution import Credentials
from watcher.adapters.http import Connecting, Retrying, Timeouts
from watcher.demo.workshop import READER, Artifact, Pusher, TokenServer
from watcher.domain.reference import ArtifactReference
from watcher.ports.artifacts import Artifacts

QUICK = Connecting(
    timeouts=Timeouts(connect=1, read=0.5, total=2),
    retrying=Retrying(attempts=2, within=1, first=0, longest=0.1, jitter=0),
)


class Subject(Protocol):
    """A source under test, and a host to push to."""

    @property
    def host(self) -> str: ...

    @property
    def artifacts(self) -> Artifacts: ...

    def push(self, reference: ArtifactReference, artifact: Artifact) -> str:
        """Push; returns the digest."""


@dataclass(slots=True)
class RealSubject:
    host: str
    artifacts: Artifacts
    pusher: Pusher

    def push(self, reference: ArtifactReference, artifact: Artifact) -> str:
        return self.pusher.push(reference.path, reference.tag, artifact)


@dataclass(slots=True)
class FakeSubject:
    host: str
    artifacts: FakeArtifacts

    def push(self, reference: ArtifactReference, artifact: Artifact) -> str:
        return self.artifacts.push(str(reference), artifact)


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenServer]:
    with TokenServer(tmp_path_factory.mktemp("tokens"), READER) as server:
        yield server


@pytest.fixture(params=["fake", "none", "basic", "token"])
def subject(
    request: pytest.FixtureRequest, tmp_path: Path, tokens: TokenServer
) -> Iterator[Subject]:
    if request.param == "fake":
        yield FakeSubject("127.0.0.1:1", FakeArtifacts())
        return
    with served(tmp_path, request.param, tokens) as server:
        host = server.registry.host
        known = {host: Credentials(READER.username, READER.password)} if server.guarded else {}
        yield RealSubject(host, OciArtifacts(known, connecting=QUICK), server.pusher)
