"""The registries that sign the contract suite: each adapter on a real server, and the fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pytest

from tests.contract.registry.subjects import ecr
from tests.contract.registry.subjects.artifact_registry import artifact_registry_subject
from tests.contract.registry.subjects.docker_hub import docker_hub_subject
from tests.contract.registry.subjects.harbor import harbor_subject
from tests.contract.registry.subjects.olareg import olareg_subject
from tests.fakes.registry import Content, FakeRegistry
from tests.servers.registry import Served, served
from watcher.adapters.distribution import Credentials
from watcher.adapters.http import Connecting, Retrying, Timeouts
from watcher.adapters.registries.oci import OciRegistry
from watcher.demo.workshop import READER, TokenServer
from watcher.domain.errors import TransientError, UnauthorizedError
from watcher.domain.pattern import Selection
from watcher.ports.registry import Registry

# One entry per module of adapters/registries, with the servers it signs on.
SIGNED = {
    "oci": ("none", "basic", "token", "olareg"),
    "harbor": ("none", "user", "robot"),
    "ecr": ("stub",),
    "artifact_registry": ("rest", "grpc"),
    "docker_hub": ("anonymous", "password"),
}
# How each kind but `oci` is served, told one of the servers above.
SERVED: Mapping[str, Callable[[str], AbstractContextManager[Subject]]] = {
    "harbor": harbor_subject,
    "ecr": lambda _: ecr.served(),
    "artifact_registry": lambda way: artifact_registry_subject("grpc" if way == "grpc" else "rest"),
    "docker_hub": docker_hub_subject,
}


class Subject(Protocol):
    """A registry under test, and what the suite does to it.

    `bare`: it has no catalogue, and answers for what was never there as for an empty repository.
    """

    bare: bool

    def adapter(
        self, include: tuple[str, ...] = ("**",), exclude: tuple[str, ...] = (), page: int = 1000
    ) -> Registry:
        """Build an adapter, with the right credentials."""

    def refused(self) -> Registry:
        """Build an adapter whose credentials are wrong."""

    def push(self, repository: str, tag: str, content: Content) -> str:
        """Push; returns the digest."""

    def delete(self, repository: str, tag: str) -> None:
        """Take a tag away."""

    def stop(self) -> None:
        """Let the registry answer no more."""


class OciSubject:
    """The adapter `oci` on the real Distribution registry."""

    bare = False

    def __init__(self, server: Served) -> None:
        self.server = server

    def adapter(
        self, include: tuple[str, ...] = ("**",), exclude: tuple[str, ...] = (), page: int = 1000
    ) -> OciRegistry:
        return self._build(READER.password, include, exclude, page)

    def refused(self) -> OciRegistry:
        if not self.server.guarded:
            pytest.skip("this registry asks nobody for a password")
        return self._build("not-the-password")

    def push(self, repository: str, tag: str, content: Content) -> str:
        return self.server.pusher.push(repository, tag, content)

    def delete(self, repository: str, tag: str) -> None:
        self.server.pusher.delete_tag(repository, tag)

    def stop(self) -> None:
        self.server.registry.stop()

    def _build(
        self,
        password: str,
        include: tuple[str, ...] = ("**",),
        exclude: tuple[str, ...] = (),
        page: int = 1000,
    ) -> OciRegistry:
        guarded = self.server.guarded
        return OciRegistry(
            "local",
            self.server.registry.url,
            Selection.parse(include, exclude),
            credentials=Credentials(READER.username, password) if guarded else None,
            connecting=Connecting(
                timeouts=Timeouts(connect=2, read=5, total=10),
                retrying=Retrying(attempts=2, within=2, first=0, jitter=0),
            ),
            page=page,
        )


class FakeSubject:
    """The fake."""

    bare = False

    def __init__(self) -> None:
        self._fake = FakeRegistry()

    def adapter(
        self, include: tuple[str, ...] = ("**",), exclude: tuple[str, ...] = (), page: int = 1000
    ) -> FakeRegistry:
        del page
        return self._fake.selecting(include, exclude)

    def refused(self) -> FakeRegistry:
        self._fake.fail(UnauthorizedError("local refuses the password"))
        return self._fake

    def push(self, repository: str, tag: str, content: Content) -> str:
        return self._fake.push(repository, tag, content)

    def delete(self, repository: str, tag: str) -> None:
        self._fake.delete(repository, tag)

    def stop(self) -> None:
        self._fake.fail(TransientError("local does not answer"))


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenServer]:
    # One for all: making its key takes longer than most tests.
    with TokenServer(tmp_path_factory.mktemp("tokens"), READER) as server:
        yield server


@pytest.fixture(
    params=["fake", *(f"{kind}-{auth}" for kind, all_ in SIGNED.items() for auth in all_)]
)
def subject(
    request: pytest.FixtureRequest, tmp_path: Path, tokens: TokenServer
) -> Iterator[Subject]:
    kind, _, auth = str(request.param).partition("-")
    if kind == "fake":
        yield FakeSubject()
        return
    if kind in SERVED:
        with SERVED[kind](auth) as one:
            yield one
        return
    if auth == "olareg":
        with olareg_subject() as one:
            yield one
        return
    with served(tmp_path, auth, tokens) as server:
        yield OciSubject(server)
