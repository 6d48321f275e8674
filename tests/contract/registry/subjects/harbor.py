"""The adapter `harbor` on the stub, as a user, as a robot, and as nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fakes.registry import Content
from tests.servers.harbor import Account, Harbor, harbor
from watcher.adapters.distribution import Credentials
from watcher.adapters.http import Connecting, Retrying, Timeouts
from watcher.adapters.registries.harbor import HarborRegistry
from watcher.domain.pattern import Selection

USER = Account("reader", "Harbor-12345")
ROBOT = Account("robot$watcher", "r0bot-s3cret", robot=True)
LOGINS = {"user": USER, "robot": ROBOT, "none": None}

CONNECTING = Connecting(
    timeouts=Timeouts(connect=2, read=5, total=10),
    retrying=Retrying(attempts=2, within=2, first=0, longest=0.1, jitter=0),
)


class HarborSubject:
    """A Harbor, and who asks it."""

    bare = False

    def __init__(self, stub: Harbor, login: Account | None) -> None:
        self.stub = stub
        self._login = login

    def adapter(
        self, include: tuple[str, ...] = ("**",), exclude: tuple[str, ...] = (), page: int = 1000
    ) -> HarborRegistry:
        secret = self._login.secret if self._login else ""
        return self._build(secret, include, exclude, page)

    def refused(self) -> HarborRegistry:
        if self._login is None:
            pytest.skip("nobody has no password")
        return self._build("not-the-password")

    def push(self, repository: str, tag: str, content: Content) -> str:
        if "/" not in repository:
            pytest.skip("Harbor has no repositories outside projects")
        if self._login is None:
            self.stub.records.project(repository.partition("/")[0], public=True)
        return self.stub.records.push(repository, tag, content)

    def delete(self, repository: str, tag: str) -> None:
        self.stub.records.delete_tag(repository, tag)

    def stop(self) -> None:
        self.stub.down = True

    def _build(
        self,
        secret: str,
        include: tuple[str, ...] = ("**",),
        exclude: tuple[str, ...] = (),
        page: int = 1000,
    ) -> HarborRegistry:
        return HarborRegistry(
            "local",
            self.stub.url,
            Selection.parse(include, exclude),
            credentials=Credentials(self._login.name, secret) if self._login else None,
            connecting=CONNECTING,
            page=page,
        )


@contextmanager
def harbor_subject(login: str) -> Iterator[HarborSubject]:
    """Serve a Harbor; at the end nothing was asked or answered against its description."""
    with harbor(USER, ROBOT) as stub:
        yield HarborSubject(stub, LOGINS[login])
        assert stub.problems == []
