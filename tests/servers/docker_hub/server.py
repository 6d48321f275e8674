"""The stub's three hosts, what they were asked, and what goes wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from tests.servers.docker_hub.api import Api
from tests.servers.docker_hub.content import Hub
from tests.servers.docker_hub.pulls import Pulls, Realm
from tests.servers.docker_hub.tokens import Account, Tokens
from tests.servers.hostile import Hostile, Reply, Seen, hostile

OWNER = Account("acme", "dckr_pat_s3cret")
ANYBODY = None

Fault = Callable[[Seen], Reply | None]


class DockerHub:
    """A running Docker Hub.

    `fault` may answer in the place of any host, and what it does not answer is answered as usual.
    `counted` is the number of requests by kind: sign-in, repositories, tags, tag, token, ping,
    manifest-head, manifest-get, blob.
    """

    def __init__(self) -> None:
        self.hub = Hub()
        self.accounts: dict[str, Account] = {OWNER.username: OWNER}
        self.tokens = Tokens()
        self.api = Api(self.hub, self.accounts, self.tokens)
        self.pulls = Pulls(self.hub, self.tokens)
        self.realm = Realm(self.accounts, self.tokens)
        self.fault: Fault = lambda _: None
        self.counted: dict[str, int] = {}
        self.url = self.api_url = ""
        self.hosts: list[Hostile] = []

    @property
    def requests(self) -> int:
        """How often anybody asked for anything."""
        return sum(self.counted.values())

    @property
    def seen(self) -> list[Seen]:
        """Every request to any of the three."""
        return [one for host in self.hosts for one in host.seen]

    def forget(self) -> None:
        """Count from here on."""
        self.counted.clear()
        for host in self.hosts:
            host.seen.clear()

    def answering(self, usual: Callable[[Seen], Reply]) -> Callable[[Seen], Reply]:
        """Answer as usual, unless something is to go wrong."""

        def answer(seen: Seen) -> Reply:
            kind = kind_of(seen)
            self.counted[kind] = self.counted.get(kind, 0) + 1
            return self.fault(seen) or usual(seen)

        return answer


@contextmanager
def docker_hub() -> Iterator[DockerHub]:
    """Start the three on loopback."""
    hub = DockerHub()
    with ExitStack() as stack:
        answers = (hub.api, hub.pulls, hub.realm)
        hub.hosts = [stack.enter_context(hostile(hub.answering(one))) for one in answers]
        hub.api_url, hub.url = hub.hosts[0].url, hub.hosts[1].url
        hub.pulls.realm = f"{hub.hosts[2].url}/token"
        yield hub


# By the end of the path; the first that fits.
_KINDS = (
    ("token", r"/token"),
    ("sign-in", r"/v2/auth/token|/v2/users/login"),
    ("ping", r"/v2/"),
    ("repositories", r"/v2/namespaces/[^/]+/repositories"),
    ("tags", r"/v2/namespaces/[^/]+/repositories/[^/]+/tags"),
    ("tag", r"/v2/namespaces/[^/]+/repositories/[^/]+/tags/[^/]+"),
    ("manifest", r"/v2/.+/manifests/[^/]+"),
    ("blob", r"/v2/.+/blobs/[^/]+"),
)


def kind_of(seen: Seen) -> str:
    """What a request asks for."""
    path = urlsplit(seen.path).path
    kind = next((kind for kind, pattern in _KINDS if re.fullmatch(pattern, path)), "other")
    return f"manifest-{seen.method.lower()}" if kind == "manifest" else kind
