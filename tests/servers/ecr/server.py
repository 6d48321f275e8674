"""The stub as a running server: API, STS, registry and bucket at one address."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate

from tests.servers.ecr import tokens
from tests.servers.ecr.faults import Call, Fault, refusal_of, silence
from tests.servers.ecr.identities import PARTNER_ROLE, Caller, Identities, Refusal
from tests.servers.ecr.operations import Operations
from tests.servers.ecr.registry import PullSide
from tests.servers.ecr.store import Store
from tests.servers.ecr.tokens import Sessions
from tests.servers.hostile import Hostile, Reply, Seen, hostile

_TARGET = "AmazonEC2ContainerRegistry_V20150921."


class Ecr:
    """What it holds, what it was asked for, and what it does wrong on purpose."""

    def __init__(self) -> None:
        self.store = Store()
        self.identities = Identities()
        self.sessions = Sessions(self.identities, {PARTNER_ROLE})
        self.api = Operations(self.store)
        self.registry = PullSide(self.api)
        self.faults: list[Fault] = []
        self.denied: dict[str, str] = {}  # by operation: the account
        self.counts: Counter[str] = Counter()
        self.calls: list[Call] = []
        self.server: Hostile | None = None
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.server.url if self.server else ""

    def fail(
        self,
        operation: str,
        reply: Reply,
        *,
        after: int = 0,
        times: int | None = None,
        where: Callable[[Call], bool] = lambda _: True,
    ) -> None:
        """Answer calls of an operation otherwise from now on."""
        self.faults.append(Fault(operation, reply, after, times, where))

    def stop(self) -> None:
        """Answer no more."""
        self.fail("*", silence())

    def answer(self, seen: Seen) -> Reply:
        """Answer a request."""
        if seen.path.startswith("/bucket/"):
            return self.registry.blob(seen)
        with self._lock:
            return self._registry(seen) if seen.path.startswith("/v2/") else self._signed(seen)

    def _registry(self, seen: Seen) -> Reply:
        call = self.registry.call(seen)
        if isinstance(call, Reply):
            return self._noted(Call("refused")) or call
        return self._noted(call) or self.registry.answer(call)

    def _signed(self, seen: Seen) -> Reply:
        target = seen.headers.get("x-amz-target", "")
        operation = target.removeprefix(_TARGET) if target else "AssumeRole"
        say_no = refusal_of if target else tokens.refused
        try:
            caller = self.identities.caller(seen)
        except Refusal as no:
            return self._noted(Call(operation)) or say_no(no)
        fields = json.loads(seen.body) if target else {}
        call = Call(operation, caller.account, caller.region, fields)
        found = self._noted(call)
        if found:
            return found
        try:
            return self._answered(call, caller, seen)
        except Refusal as no:
            return say_no(no)

    def _answered(self, call: Call, caller: Caller, seen: Seen) -> Reply:
        if self.denied.get(call.operation) == caller.account:
            raise _denied(call.operation, caller.arn)
        if call.operation == "AssumeRole":
            return self.sessions.answer(caller, seen)
        return _json(self.api.answer(call))

    def _noted(self, call: Call) -> Reply | None:
        self.counts[call.operation] += 1
        self.calls.append(call)
        return self._fault(call)

    def _fault(self, call: Call) -> Reply | None:
        return next((found for one in self.faults if (found := one.answer(call))), None)


@contextmanager
def ecr() -> Iterator[Ecr]:
    """Serve until the block ends."""
    stub = Ecr()
    with hostile(stub.answer) as server:
        stub.server = server
        stub.api.url = server.url
        yield stub


def _json(answer: object) -> Reply:
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "Date": formatdate(usegmt=True),
        "x-amzn-RequestId": "00000000-0000-0000-0000-000000000000",
    }
    return Reply(200, headers, json.dumps(answer).encode())


def _denied(operation: str, arn: str) -> Refusal:
    return Refusal(
        "AccessDeniedException",
        f"User: {arn} is not authorized to perform: ecr:{operation} on resource: * because no"
        f" identity-based policy allows the ecr:{operation} action",
    )
