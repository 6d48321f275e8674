"""Artifact Registry in every state, over either transport."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from tests.contract.registry.artifact_registry import place
from tests.contract.registry.images import image
from tests.contract.registry.states import (
    ALL,
    LIMITED,
    NOBODY,
    ONCE,
    PAGE,
    PAUSE,
    Said,
    always,
    selecting,
)
from tests.servers.artifact_registry import Fault, artifact_registry
from tests.servers.hostile import Reply, hostile
from watcher.adapters.registries.artifact_registry import ArtifactRegistry, Site, Transport
from watcher.domain.pattern import Selection


@dataclass
class AnArtifactRegistry:
    """Artifact Registry over one of its transports."""

    servers: ExitStack
    transport: Transport

    def said(self, state: str) -> Iterator[Said]:  # noqa: C901 - a case for each state
        match state:
            case "fine":
                said = self.at(login=place.Renewing())
                yield Said(said, "ok", "application default credentials; repositories included: 2")
            case "nobody there":
                yield Said(self.of(NOBODY), "fail", "nobody answers there (connection refused)")
            case "another host":
                for reply, rest in (
                    (PAGE, "this is no Artifact Registry"),
                    (Reply(404), "not from Artifact Registry; correct the endpoint"),
                    (Reply(body=b"{}"), "is no Artifact Registry: it lists a repository that"),
                ):
                    other = self.servers.enter_context(hostile(always(reply)))
                    grpc = "this is no Artifact Registry over gRPC: correct the endpoint"
                    text = grpc if self.transport == "grpc" else rest
                    yield Said(self.of(other.url), "fail", text)
            case "no credentials":
                said = self.at(tokens={"good"})
                yield Said(said, "fail", "it wants credentials, and anonymous is set")
            case "wrong credentials":
                said = self.at(tokens={"good"}, login=place.Renewing(place.FIRST))
                yield Said(said, "fail", "the access token is refused; renew the application def")
            case "a right is missing":
                for kind, right in _GAR_RIGHTS.items():
                    said = self.at(faults={kind: Fault("PERMISSION_DENIED", "denied")})
                    yield Said(said, "fail", f"the permission artifactregistry.{right} is missing")
            case "rate-limited":
                for kind in ("repositories", "dockerImages"):
                    said = self.at(faults={kind: Fault("RESOURCE_EXHAUSTED", "used up", delay=90)})
                    yield Said(said, "fail", PAUSE)
                said = self.at(faults={"v2": Fault(reply=LIMITED)})
                yield Said(said, "fail", PAUSE)
            case _:
                yield from selecting(state, self.at, "docker/shop/")

    def at(
        self,
        include: tuple[str, ...] = ALL,
        *,
        tokens: set[str] | None = None,
        login: place.Renewing | None = None,
        faults: dict[str, Fault] | None = None,
    ) -> ArtifactRegistry:
        stub = self.servers.enter_context(artifact_registry(self.transport, tokens))
        for path in ("docker/shop/api", "docker/shop/web"):
            stub.store.push(path, "1.0", image())
        for kind, fault in (faults or {}).items():
            stub.fail(kind, fault)
        return self.of(stub.endpoint, include, login, stub.images)

    def of(
        self,
        endpoint: str,
        include: tuple[str, ...] = ALL,
        login: place.Renewing | None = None,
        images: str | None = None,
    ) -> ArtifactRegistry:
        return ArtifactRegistry(
            "local",
            Site("acme", "europe", endpoint, images or endpoint),
            Selection.parse(include),
            login=login,
            connecting=ONCE,
            transport=self.transport,
        )


_GAR_RIGHTS: Final = {
    "repositories": "repositories.list",
    "dockerImages": "dockerimages.list",
    "v2": "repositories.downloadArtifacts",
}
