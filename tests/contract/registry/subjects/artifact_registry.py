"""The adapter `artifact_registry` on its stub, over one of its transports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fakes.registry import Content
from tests.servers.artifact_registry import Stub, artifact_registry
from watcher.adapters.distribution import Credentials
from watcher.adapters.http import Connecting, Retrying, Timeouts
from watcher.adapters.registries.artifact_registry import ArtifactRegistry, Site, Transport
from watcher.domain.pattern import Selection

TOKEN = "ya29.shown-in-the-open"  # noqa: S105 - of nobody


class ArtifactRegistrySubject:
    """The adapter over one transport; of `shop/api`, `shop` is the repository, `api` the image."""

    bare = False

    def __init__(self, stub: Stub, transport: Transport) -> None:
        self.stub = stub
        self._transport = transport

    def adapter(
        self, include: tuple[str, ...] = ("**",), exclude: tuple[str, ...] = (), page: int = 1000
    ) -> ArtifactRegistry:
        return self._build(TOKEN, include, exclude, page)

    def refused(self) -> ArtifactRegistry:
        return self._build("not-the-password")

    def push(self, repository: str, tag: str, content: Content) -> str:
        if "/" not in repository:
            pytest.skip("an image of Artifact Registry is always in a repository")
        return self.stub.store.push(repository, tag, content)

    def delete(self, repository: str, tag: str) -> None:
        self.stub.store.untag(repository, tag)

    def stop(self) -> None:
        self.stub.stop()

    def _build(
        self,
        token: str,
        include: tuple[str, ...] = ("**",),
        exclude: tuple[str, ...] = (),
        page: int = 1000,
    ) -> ArtifactRegistry:
        return ArtifactRegistry(
            "local",
            Site("acme", "europe", self.stub.endpoint, self.stub.images),
            Selection.parse(include, exclude),
            login=Credentials("oauth2accesstoken", token),
            connecting=Connecting(
                timeouts=Timeouts(connect=2, read=5, total=10),
                retrying=Retrying(attempts=2, within=2, first=0, jitter=0),
            ),
            transport=self._transport,
            page=page,
        )


@contextmanager
def artifact_registry_subject(transport: Transport) -> Iterator[ArtifactRegistrySubject]:
    """Run the stub and give the subject."""
    with artifact_registry(transport, {TOKEN}) as stub:
        yield ArtifactRegistrySubject(stub, transport)
