"""Harbor in every state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

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
from tests.contract.registry.subjects.harbor import ROBOT, USER
from tests.servers.harbor import EVERYTHING, Account, Harbor, harbor
from tests.servers.hostile import Reply, hostile
from watcher.adapters.distribution import Credentials
from watcher.adapters.registries.harbor import HarborRegistry
from watcher.domain.pattern import Selection
from watcher.report.doctor import State


@dataclass
class AHarbor:
    """Harbor, as a robot, a user and nobody."""

    servers: ExitStack

    def said(self, state: str) -> Iterator[Said]:  # noqa: C901 - a case for each state
        match state:
            case "fine":
                for login in (USER, ROBOT):
                    yield Said(self.at(login), "ok", f"answers as {login.name}; repositories incl")
            case "nobody there":
                yield Said(self.of(NOBODY, ROBOT), "fail", "nobody answers there")
            case "another host":
                for reply in (PAGE, Reply(404)):
                    other = self.servers.enter_context(hostile(always(reply)))
                    yield Said(self.of(other.url, ROBOT), "fail", "is no Harbor, its API is not th")
            case "no credentials":
                said = self.at(None)
                yield Said(said, "warn", "no public repository is there; set username and password")
                yield Said(
                    self.at(None, ("shop/**",)), "fail", "it wants a username and a password"
                )
            case "wrong credentials":
                for login in (USER, ROBOT):
                    said = self.at(replace(login, secret="wrong"))  # noqa: S106 - of nobody
                    yield Said(said, "fail", "the username or password is refused")
            case "a right is missing":
                yield from self.rights()
            case "rate-limited":
                for kind in (
                    "ping",
                    "users/current",
                    "repositories",
                    "artifacts",
                    "HEAD manifests",
                ):
                    stub = self.harbor()
                    stub.fail(kind, LIMITED)
                    yield Said(self.of(stub.url, ROBOT), "fail", PAUSE)
            case _:
                yield from selecting(
                    state, lambda include: self.at(ROBOT, include), "shop/", in_front="fail"
                )

    def rights(self) -> Iterator[Said]:
        for right in sorted(EVERYTHING):
            for robot in (False, True):
                narrow = Account("narrow", "s", robot=robot, permissions=EVERYTHING - {right})
                state: State = "warn" if right.startswith("read") else "fail"
                said = self.at(narrow, ("shop/**",))
                yield Said(said, state, f"the permission `{right}` in")
        outside = Account("robot$outside", "s", robot=True, projects=())
        told = "no repository is shown to robot$outside; give it permissions in the projects"
        yield Said(self.at(outside), "warn", told)

    def at(self, login: Account | None, include: tuple[str, ...] = ALL) -> HarborRegistry:
        return self.of(self.harbor(login).url, login, include)

    def harbor(self, *more: Account | None) -> Harbor:
        known = {USER.name, ROBOT.name}
        others = [one for one in more if one and one.name not in known]
        stub = self.servers.enter_context(harbor(USER, ROBOT, *others))
        for path in ("shop/api", "shop/web"):
            stub.records.push(path, "1.0", image())
        return stub

    def of(self, url: str, login: Account | None, include: tuple[str, ...] = ALL) -> HarborRegistry:
        credentials = Credentials(login.name, login.secret) if login else None
        selection = Selection.parse(include)
        return HarborRegistry("local", url, selection, credentials=credentials, connecting=ONCE)
