"""An adapter over the stub, and the tokens it shows."""

from __future__ import annotations

from collections.abc import Collection

from tests.servers.artifact_registry import Stub
from watcher.adapters.distribution import Credentials
from watcher.adapters.http import Connecting, Retrying, Timeouts
from watcher.adapters.registries.artifact_registry import ArtifactRegistry, Site, Transport
from watcher.domain.errors import AttemptError
from watcher.domain.pattern import Selection
from watcher.ports.registry import Known, Listing

FIRST, SECOND = "ya29.first", "ya29.second"
# A machine under load writes a page slowly; asking for it again would be counted.
CONNECTING = Connecting(
    timeouts=Timeouts(connect=5, read=20, total=30),
    retrying=Retrying(attempts=3, within=10, first=0, longest=0.3, jitter=0),
)


class Renewing:
    """A login whose first token may be refused; `renewals` counts how often."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens or (FIRST, SECOND))
        self.renewals = 0

    def current(self, *, renewed: bool = False) -> Credentials:
        if renewed and len(self._tokens) > 1:
            self._tokens.pop(0)
            self.renewals += 1
        return Credentials("oauth2accesstoken", self._tokens[0])


def registry(
    stub: Stub,
    transport: Transport = "rest",
    include: tuple[str, ...] = ("**",),
    *,
    exclude: tuple[str, ...] = (),
    login: Renewing | None = None,
    page: int = 1000,
) -> ArtifactRegistry:
    return ArtifactRegistry(
        "gar",
        Site(stub.store.project, stub.store.location, stub.endpoint, stub.images),
        Selection.parse(include, exclude),
        login=login,
        connecting=CONNECTING,
        transport=transport,
        page=page,
    )


def one_pass(
    adapter: ArtifactRegistry, known: Collection[str] = ()
) -> dict[str, Listing | AttemptError]:
    """List as a pass does: the names, then every group."""
    paths = {*adapter.repositories(), *known}
    found: dict[str, Listing | AttemptError] = {}
    for group in adapter.groups(paths):
        found.update(adapter.listings(group, {}, thorough=True))
    return found


def tags(adapter: ArtifactRegistry, path: str, known: Known | None = None) -> dict[str, str]:
    """A path's tags with their digests, of a complete listing in which none failed."""
    listing = adapter.tags(path, known or {})
    assert listing.complete
    assert listing.failed == {}
    return {one.tag: one.digest for one in listing.sightings}
