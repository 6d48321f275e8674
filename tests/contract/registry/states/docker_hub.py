"""Docker Hub in every state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Final

from tests.contract.registry.images import image
from tests.contract.registry.states import (
    ALL,
    LIMITED,
    NOBODY,
    PAGE,
    PAUSE,
    Said,
    always,
    selecting,
)
from tests.contract.registry.subjects.docker_hub import QUICK
from tests.servers.docker_hub import OWNER, DockerHub, docker_hub
from tests.servers.docker_hub import Account as HubAccount
from tests.servers.hostile import Reply, hostile
from watcher.adapters.distribution import Credentials
from watcher.adapters.http import Retrying
from watcher.adapters.registries.docker_hub import DockerHubRegistry, Hosts
from watcher.domain.pattern import Selection
from watcher.report.doctor import State


@dataclass
class Hub:
    """Docker Hub."""

    servers: ExitStack

    def said(self, state: str) -> Iterator[Said]:
        match state:
            case "fine":
                said = self.at()
                yield Said(said, "ok", "included: 2 (1 private ones are shown to us); 100 of 100 p")
            case "nobody there":
                yield Said(self.of(Hosts(NOBODY, NOBODY), OWNER), "fail", "nobody answers there")
            case "another host":
                yield from self.elsewhere()
            case "no credentials":
                said = self.at(login=None)
                yield Said(said, "ok", "without credentials; repositories included: 1 (0 private")
            case "wrong credentials":
                said = self.at(login=replace(OWNER, password="wrong"))  # noqa: S106 - of nobody
                yield Said(said, "fail", "the username or password is refused")
            case "a right is missing":
                yield from self.rights()
            case "rate-limited":
                for asked in ("/v2/auth", "repositories?", "/tags?", "/token", "/manifests/"):
                    said = self.at(limited=asked)
                    yield Said(said, "fail", PAUSE)
            case _:
                yield from selecting(state, self.at, "acme/")

    def elsewhere(self) -> Iterator[Said]:
        stub = self.stub()
        swapped = Hosts(stub.api_url, stub.url)
        for login in (OWNER, None):
            yield Said(self.of(swapped, login), "fail", "correct api_url")
            for reply in (PAGE, Reply(404), Reply(body=b"{}")):
                other = self.servers.enter_context(hostile(always(reply)))
                yield Said(self.of(Hosts(stub.url, other.url), login), "fail", "api_url")
                if reply.status != 200 or reply is PAGE:
                    said = self.of(Hosts(other.url, stub.api_url), login)
                    yield Said(said, "fail", "correct it")
        yield Said(self.of(Hosts(stub.api_url, stub.api_url), OWNER), "fail", "correct url")

    def rights(self) -> Iterator[Said]:
        every = {"scope-repository-list", "scope-tag-read", "scope-image-pull"}
        for scope in sorted(every):
            narrow = HubAccount(OWNER.username, OWNER.password, tuple(every - {scope}))
            state: State = "warn" if scope == "scope-repository-list" else "fail"
            yield Said(self.at(login=narrow), state, f"token lacks {_HUB_RIGHTS[scope]} ({scope})")
        said = self.at(login=OWNER, namespace="acmee")
        yield Said(said, "warn", "acmee shows none to acme; correct namespaces, or let the token")

    def at(
        self,
        include: tuple[str, ...] = ALL,
        login: HubAccount | None = OWNER,
        *,
        limited: str = "",
        namespace: str = "acme",
    ) -> DockerHubRegistry:
        stub = self.stub()
        if login is not None and login.password == OWNER.password:
            stub.accounts[login.username] = login
        if limited:
            stub.fault = lambda seen: LIMITED if limited in seen.path else None
        return self.of(Hosts(stub.url, stub.api_url), login, include, namespace)

    def stub(self) -> DockerHub:
        stub = self.servers.enter_context(docker_hub())
        stub.hub.push("acme/api", "1.0", image())
        stub.hub.push("acme/secret", "1.0", image())
        stub.hub.repositories["acme/secret"].private = True
        return stub

    def of(
        self,
        hosts: Hosts,
        login: HubAccount | None,
        include: tuple[str, ...] = ALL,
        namespace: str = "acme",
    ) -> DockerHubRegistry:
        return DockerHubRegistry(
            "local",
            (namespace,),
            Selection.parse(include),
            credentials=Credentials(login.username, login.password) if login else None,
            hosts=hosts,
            connecting=replace(QUICK, retrying=Retrying(attempts=1)),
        )


_HUB_RIGHTS: Final = {
    "scope-repository-list": "Repository List",
    "scope-tag-read": "Tag Read",
    "scope-image-pull": "Image Pull",
}
