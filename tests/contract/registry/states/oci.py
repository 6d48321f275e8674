"""OCI registries in every state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from tests.contract.registry.loopback import listed, pointing
from tests.contract.registry.states import (
    ALL,
    LIMITED,
    NOBODY,
    ONCE,
    PAGE,
    PAUSE,
    Said,
    selecting,
)
from tests.servers.hostile import Reply, Seen, hostile
from watcher.adapters.distribution import Credentials
from watcher.adapters.registries.oci import OciRegistry
from watcher.domain.pattern import Selection


@dataclass
class Oci:
    """Registries of Distribution's protocol."""

    servers: ExitStack

    def said(self, state: str) -> Iterator[Said]:  # noqa: C901 - a case for each state
        match state:
            case "fine":
                yield Said(self.at({}), "ok", "answers as reader; repositories included: 2")
            case "nobody there":
                yield Said(self.of(NOBODY), "fail", "nobody answers there")
            case "another host":
                for include in (ALL, ("shop/api",)):
                    yield Said(self.at({"": PAGE}, include), "fail", "a web page, and no registry")
                    said = self.at({"": Reply(body=b"hello")}, include)
                    yield Said(said, "fail", "is no OCI registry: correct the url")
                    said = self.at({"": Reply(404)}, include)
                    yield Said(said, "fail", "no registry answers at this url; correct it")
                moved = Reply(302, {"Location": f"{NOBODY}/sign-in"})
                yield Said(self.at({"": moved}), "fail", f"sends us on to {NOBODY}/sign-in: nobody")
            case "no credentials":
                told = "it wants a username and a password"
                yield Said(self.at({}, login=None), "fail", told)
            case "wrong credentials":
                yield Said(
                    self.at({}, login="wrong"), "fail", "the username or password is refused"
                )
            case "a right is missing":
                no = Reply(403)
                yield Said(self.at({"/v2/_catalog": no}), "fail", "(registry:catalog:*) is missing")
                for path in ("/v2/shop/api/tags", "/v2/shop/api/manifests"):
                    said = self.at({path: no})
                    yield Said(said, "fail", "the right to pull shop/api is missing: grant it")
            case "rate-limited":
                for path in ("/v2/", "/v2/_catalog", "/v2/shop/api/tags", "/v2/shop/api/manifests"):
                    yield Said(self.at({path: LIMITED}), "fail", PAUSE)
            case _:
                yield from selecting(state, lambda include: self.at({}, include), "shop/")

    def at(
        self,
        faults: dict[str, Reply],
        include: tuple[str, ...] = ALL,
        login: str | None = "s3cret",
    ) -> OciRegistry:
        good = Credentials("reader", "s3cret").basic

        def answer(seen: Seen) -> Reply:
            path = seen.path.partition("?")[0]
            for start, reply in faults.items():
                if path == start or (not start.endswith("/") and path.startswith(start)):
                    return reply
            if seen.headers.get("authorization") != good:
                return Reply(401, {"WWW-Authenticate": "Basic realm=registry"})
            if path == "/v2/":
                return Reply(body=b"{}")
            if path == "/v2/_catalog":
                return Reply(body=b'{"repositories": ["shop/api", "shop/web"]}')
            if not path.startswith(("/v2/shop/api/", "/v2/shop/web/")):
                return Reply(404)
            return listed("1.0") if path.endswith("/tags/list") else pointing()

        return self.of(self.servers.enter_context(hostile(answer)).url, include, login)

    def of(
        self, url: str, include: tuple[str, ...] = ALL, login: str | None = "s3cret"
    ) -> OciRegistry:
        credentials = Credentials("reader", login) if login else None
        selection = Selection.parse(include)
        return OciRegistry("local", url, selection, credentials=credentials, connecting=ONCE)
