"""The adapter `ecr` on its stub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import pytest
from botocore.loaders import create_loader

from tests.fakes.registry import Content
from tests.servers.ecr import REGION, Ecr, ecr
from tests.servers.ecr.identities import ACCESS_KEY, SECRET_KEY
from watcher.adapters.http import Connecting, Retrying, Timeouts
from watcher.adapters.registries.ecr import EcrRegistry
from watcher.domain.pattern import Selection

CONNECTING: Final = Connecting(
    timeouts=Timeouts(connect=2, read=5, total=10),
    retrying=Retrying(attempts=2, within=2, first=0, jitter=0),
)


class EcrSubject:
    """The adapter `ecr`: one account, one region, keys in the environment."""

    bare = False

    def __init__(self, server: Ecr, patch: pytest.MonkeyPatch) -> None:
        self.server = server
        self._patch = patch

    def adapter(
        self, include: tuple[str, ...] = ("**",), exclude: tuple[str, ...] = (), page: int = 1000
    ) -> EcrRegistry:
        return registry(selection=Selection.parse(include, exclude), page=page)

    def refused(self) -> EcrRegistry:
        self._patch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-password")
        return registry()

    def push(self, repository: str, tag: str, content: Content) -> str:
        return self.server.store.push(repository, tag, content)

    def delete(self, repository: str, tag: str) -> None:
        self.server.store.delete(repository, tag)

    def stop(self) -> None:
        self.server.stop()


def registry(
    regions: tuple[str, ...] = (REGION,),
    roles: tuple[str, ...] = (),
    *,
    selection: Selection | None = None,
    connecting: Connecting = CONNECTING,
    page: int = 1000,
) -> EcrRegistry:
    """Build an adapter that finds its keys in the environment."""
    return EcrRegistry(
        "local",
        regions,
        roles,
        selection or Selection.parse(("**",)),
        connecting=connecting,
        page=page,
    )


@contextmanager
def served() -> Iterator[EcrSubject]:
    """Start the stub, and let the environment lead to it and nowhere else."""
    with ecr() as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", lambda _: _models())
        for name, value in _environment(server).items():
            patch.setenv(name, value)
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_CA_BUNDLE"):
            patch.delenv(name, raising=False)
        yield EcrSubject(server, patch)


@cache
def _models() -> Any:  # noqa: ANN401 - the SDK has no types
    """The SDK's descriptions of services, which take longer to read than most tests to run."""
    return create_loader()


def _environment(server: Ecr) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_ENDPOINT_URL_ECR": server.url,
        "AWS_ENDPOINT_URL_STS": server.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }
