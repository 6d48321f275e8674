"""The adapter `docker-hub` on the stub of Docker Hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fakes.registry import Content
from tests.servers.docker_hub import OWNER, DockerHub, docker_hub
from tests.servers.hostile import Reply
from watcher.adapters.distribution import Credentials
from watcher.adapters.http import Breaking, Connecting, Retrying, Timeouts
from watcher.adapters.registries.docker_hub import DockerHubRegistry, Hosts
from watcher.domain.pattern import Selection

NAMESPACES = ("shop", "data", "base", "x")  # all that the suite pushes to
PASSWORD = "not-the-password"  # noqa: S105 - of nobody
QUICK = Connecting(
    timeouts=Timeouts(connect=2, read=2, total=5),
    retrying=Retrying(attempts=2, within=2, first=0, longest=0.1, jitter=0),
    breaking=Breaking(silent=100, failing=100),
)


class DockerHubSubject:
    """Docker Hub as its owner sees it, or as anybody does."""

    bare = False

    def __init__(self, server: DockerHub, *, anonymous: bool) -> None:
        self.server = server
        self._anonymous = anonymous

    def adapter(
        self, include: tuple[str, ...] = ("**",), exclude: tuple[str, ...] = (), page: int = 100
    ) -> DockerHubRegistry:
        return self._build(OWNER.password, include, exclude, page)

    def refused(self) -> DockerHubRegistry:
        if self._anonymous:
            pytest.skip("nobody is asked for a password")
        return self._build(PASSWORD)

    def push(self, repository: str, tag: str, content: Content) -> str:
        if repository.count("/") != 1:
            pytest.skip("a repository of Docker Hub is a namespace and a name")
        return self.server.hub.push(repository, tag, content)

    def delete(self, repository: str, tag: str) -> None:
        self.server.hub.delete(repository, tag)

    def stop(self) -> None:
        # The connection is gone without an answer.
        self.server.fault = lambda _: Reply(script=lambda _: None)

    def _build(
        self,
        password: str,
        include: tuple[str, ...] = ("**",),
        exclude: tuple[str, ...] = (),
        page: int = 100,
    ) -> DockerHubRegistry:
        return DockerHubRegistry(
            "hub",
            NAMESPACES,
            Selection.parse(include, exclude),
            credentials=None if self._anonymous else Credentials(OWNER.username, password),
            hosts=Hosts(self.server.url, self.server.api_url),
            connecting=QUICK,
            page=page,
        )


@contextmanager
def docker_hub_subject(auth: str) -> Iterator[DockerHubSubject]:
    """Start it; `auth` is `anonymous` or `password`."""
    with docker_hub() as server:
        yield DockerHubSubject(server, anonymous=auth == "anonymous")
