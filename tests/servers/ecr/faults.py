"""What goes wrong on purpose: which calls, and how they are answered instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.servers.ecr.identities import Refusal
from tests.servers.hostile import Reply


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the API, or of the registry (`GET manifests`): what, where, as whom, of what."""

    operation: str
    account: str = ""
    region: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def repository(self) -> str:
        """The repository it is about."""
        return str(self.fields.get("repositoryName", ""))


@dataclass(slots=True)
class Fault:
    """Another answer for calls of an operation (`*` for all), after some that went well.

    It lasts for so many calls, or for good; `where` narrows it to an account, a region or a
    repository.
    """

    operation: str
    reply: Reply
    after: int = 0
    times: int | None = None
    where: Callable[[Call], bool] = lambda _: True

    def answer(self, call: Call) -> Reply | None:
        """Give the answer where the fault is about this call."""
        if self.operation not in {"*", call.operation} or not self.where(call):
            return None
        if self.after:
            self.after -= 1
            return None
        if self.times is not None:
            if not self.times:
                return None
            self.times -= 1
        return self.reply


def once(act: Callable[[], object]) -> Callable[[Call], None]:
    """What happens after one page alone: for `Operations.between`."""
    left = [act]

    def happen(_: Call) -> None:
        if left:
            left.pop()()

    return happen


def refusal(
    code: str, message: str = "", status: int = 400, headers: Mapping[str, str] | None = None
) -> Reply:
    """Say no as the JSON protocol does."""
    body = json.dumps({"__type": code, "message": message}).encode()
    return Reply(status, {"Content-Type": "application/x-amz-json-1.1", **(headers or {})}, body)


def refusal_of(one: Refusal) -> Reply:
    """Say no for the reason given."""
    return refusal(one.code, one.message, one.status)


def silence() -> Reply:
    """Close the connection without a word."""
    return Reply(script=lambda _: None)
