"""ECR in every state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

import pytest

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
from tests.contract.registry.subjects import ecr as ecr_subject
from tests.servers.ecr import Ecr, refusal
from tests.servers.hostile import Reply, hostile
from watcher.domain.pattern import Selection
from watcher.ports.registry import Registry


@dataclass
class AnEcr:
    """ECR."""

    servers: ExitStack
    server: Ecr = field(init=False)
    patch: pytest.MonkeyPatch = field(init=False)

    def said(self, state: str) -> Iterator[Said]:  # noqa: C901 - a case for each state
        self.server = self.servers.enter_context(ecr_subject.served()).server
        self.patch = self.servers.enter_context(pytest.MonkeyPatch.context())
        for path in ("shop/api", "shop/web"):
            self.server.store.push(path, "1.0", image())
        match state:
            case "fine":
                yield Said(self.at(), "ok", "ECR answers in eu-west-1; repositories included: 2")
            case "nobody there":
                self.patch.setenv("AWS_ENDPOINT_URL_ECR", NOBODY)
                yield Said(self.at(), "fail", "nobody answers there")
            case "another host":
                yield from self.elsewhere()
            case "no credentials":
                self.patch.delenv("AWS_ACCESS_KEY_ID")
                self.patch.delenv("AWS_SECRET_ACCESS_KEY")
                yield Said(self.at(), "fail", "no credentials (NoCredentialsError); give the proc")
            case "wrong credentials":
                self.patch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
                yield Said(self.at(), "fail", "the secret access key is wrong: correct it")
                self.patch.setenv("AWS_ACCESS_KEY_ID", "AKIANOBODYNOBODYNOBO")
                yield Said(self.at(), "fail", "AWS does not know the access key")
            case "a right is missing":
                for right in _ECR_RIGHTS:
                    self.server.denied = {right: "111111111111"}
                    yield Said(self.at(), "fail", f"may not ecr:{right}: allow it in the policy")
            case "rate-limited":
                for asked in ("DescribeRepositories", "DescribeImages", "GetAuthorizationToken"):
                    self.server.faults.clear()
                    self.server.fail(asked, refusal("ThrottlingException"))
                    yield Said(self.at(), "fail", "a lower rate helps")
                self.server.faults.clear()
                self.server.fail("DescribeRepositories", LIMITED)
                yield Said(self.at(), "fail", PAUSE)
            case _:
                yield from selecting(state, self.at, "shop/")

    def elsewhere(self) -> Iterator[Said]:
        for reply in (PAGE, Reply(404), Reply(404, body=b"<html>")):
            other = self.servers.enter_context(hostile(always(reply)))
            self.patch.setenv("AWS_ENDPOINT_URL_ECR", other.url)
            for include in (ALL, ("shop/api",)):
                yield Said(self.at(include), "fail", "this is no ECR: correct AWS_ENDPOINT_URL_ECR")

    def at(self, include: tuple[str, ...] = ALL) -> Registry:
        return ecr_subject.registry(selection=Selection.parse(include), connecting=ONCE)


_ECR_RIGHTS: Final = (
    "DescribeRepositories",
    "DescribeImages",
    "GetAuthorizationToken",
    "BatchGetImage",
    "GetDownloadUrlForLayer",
)
