"""The stub as tests use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.servers.artifact_registry.faults import Fault, Faults
from tests.servers.artifact_registry.grpc import serve
from tests.servers.artifact_registry.lists import Lists
from tests.servers.artifact_registry.rest import Face
from tests.servers.artifact_registry.store import Store
from tests.servers.hostile import Seen, hostile
from watcher.adapters.registries.artifact_registry import Transport


class Stub:
    """A running stub. `endpoint` is its API over the transport chosen, `images` its registry."""

    def __init__(self, store: Store, faults: Faults, tokens: set[str] | None) -> None:
        self.store = store
        self.tokens = tokens
        self.endpoint = ""
        self.images = ""
        self.seen: list[Seen] = []  # over HTTP
        self._faults = faults
        self._servers = ExitStack()

    def start(self, transport: Transport) -> None:
        """Begin to answer."""
        face = Face(self.store, self._faults, self.tokens)
        http = self._servers.enter_context(hostile(face))
        self.endpoint = self.images = http.url
        self.seen = http.seen
        if transport == "grpc":
            lists = Lists(self.store, self._faults, self.tokens)
            self.endpoint = self._servers.enter_context(serve(lists))

    def stop(self) -> None:
        """Answer no more."""
        self._servers.close()

    def fail(self, kind: str, fault: Fault) -> None:
        """Let requests for `repositories`, `dockerImages`, `v2` or `ping` fail from now on."""
        self._faults.plan(kind, fault)

    def asked(self, kind: str) -> int:
        """How often it was asked for a kind, or for `GET manifests` and the like under /v2/."""
        return self._faults.asked[kind]

    @property
    def asked_in_all(self) -> int:
        """How often it was asked at all, token requests left out."""
        return sum(count for kind, count in self._faults.asked.items() if kind != "token")


@contextmanager
def artifact_registry(
    transport: Transport = "rest", tokens: set[str] | None = None, store: Store | None = None
) -> Iterator[Stub]:
    """Run a stub; `tokens` are the access tokens it accepts, None accepts everybody."""
    stub = Stub(store or Store(), Faults(), tokens)
    stub.start(transport)
    try:
        yield stub
    finally:
        stub.stop()
