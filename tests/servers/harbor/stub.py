"""A Harbor on loopback: it counts what it is asked for, fails as tests say, and checks itself."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedIOBase

from tests.servers.harbor.accounts import Account, login
from tests.servers.harbor.api import ROOT, Api
from tests.servers.harbor.content import Content
from tests.servers.harbor.records import Records
from tests.servers.harbor.spec import Spec
from tests.servers.hostile import Reply, Seen, hostile

Action = Callable[[Seen], Reply | None]


@dataclass
class Trap:
    """What happens at requests of a kind from the `first` on, `times` times."""

    kind: str
    action: Action
    first: int
    times: int


class Harbor:
    """Its records, its accounts, and what was asked: `counts` by kind, `problems` by the spec."""

    def __init__(self, *accounts: Account) -> None:
        self.records = Records()
        self.accounts = {one.name: one for one in accounts}
        self.url = ""
        self.asked: list[Seen] = []
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.checked = True  # by the spec, which takes longer than answering
        self.down = False
        self._traps: list[Trap] = []
        self._api = Api(self.records)
        self._content = Content(self.records)
        self._spec = Spec.read()
        self._lock = threading.Lock()

    def trap(self, kind: str, action: Action, *, first: int = 1, times: int = 1) -> None:
        """At requests of a kind do something; a reply that it gives stands for Harbor's own."""
        self._traps.append(Trap(kind, action, self.counts[kind] + first, times))

    def fail(self, kind: str, reply: Reply, *, first: int = 1, times: int = 1_000_000) -> None:
        """Answer requests of a kind with a reply, from the `first` of now on."""
        self.trap(kind, lambda _: reply, first=first, times=times)

    def answer(self, seen: Seen) -> Reply:
        """Answer as Harbor does; every answer sets a cookie, and none should come back."""
        with self._lock:
            if self.down:
                return Reply(script=_say_nothing)
            self.asked.append(seen)
            if "cookie" in seen.headers:
                self.problems.append(f"{seen.method} {seen.path}: it sends a cookie back")
            kind = self._kind(seen)
            self.counts[kind] += 1
            reply = self._trapped(kind, seen)
            if reply is None:
                reply = self._own(seen)
            return replace(reply, headers={"Set-Cookie": "sid=1; Path=/", **reply.headers})

    def _kind(self, seen: Seen) -> str:
        return self._api.kind(seen.path) if _is_api(seen) else self._content.kind(seen)

    def _own(self, seen: Seen) -> Reply:
        given = login(seen.headers.get("authorization", ""))
        who = self.accounts.get(given[0]) if given else None
        who = who if who and given and who.secret == given[1] else None
        if not _is_api(seen):
            if seen.path.startswith("/service/token"):
                return self._content.token(seen, who)
            return self._content.answer(seen, who)
        reply = self._api.answer(seen, who)
        if self.checked:
            self.problems += self._spec.problems(seen, reply)
        return reply

    def _trapped(self, kind: str, seen: Seen) -> Reply | None:
        for trap in self._traps:
            number = self.counts[kind]
            if trap.kind == kind and trap.first <= number < trap.first + trap.times:
                reply = trap.action(seen)
                if reply is not None:
                    if _is_api(seen):
                        self.problems += self._spec.request_problems(seen)
                    return reply
        return None


@contextmanager
def harbor(*accounts: Account) -> Iterator[Harbor]:
    """Serve a Harbor until the block ends."""
    stub = Harbor(*accounts)
    with hostile(stub.answer) as server:
        stub.url = server.url
        yield stub


def _is_api(seen: Seen) -> bool:
    return seen.path.startswith(f"{ROOT}/")


def _say_nothing(_: BufferedIOBase) -> None:
    """The connection ends without a word."""
