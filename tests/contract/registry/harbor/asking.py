"""Adapters on a Harbor, and what they are asked."""

from __future__ import annotations

from collections.abc import Mapping

from tests.contract.registry.subjects.harbor import CONNECTING, USER
from tests.servers.harbor import Account, Harbor
from watcher.adapters.distribution import Credentials
from watcher.adapters.registries.harbor import HarborRegistry
from watcher.domain.errors import AttemptError
from watcher.domain.pattern import Selection
from watcher.ports.registry import Known, LastSeen, Listing

Found = Mapping[str, Listing | AttemptError]


def registry(
    stub: Harbor,
    login: Account | None = USER,
    *,
    include: tuple[str, ...] = ("**",),
    exclude: tuple[str, ...] = (),
    secret: str | None = None,
    page: int = 100,
) -> HarborRegistry:
    """An adapter; `secret` is another than the account's."""
    return HarborRegistry(
        "local",
        stub.url,
        Selection.parse(include, exclude),
        credentials=Credentials(login.name, secret or login.secret) if login else None,
        connecting=CONNECTING,
        page=page,
    )


def swept(adapter: HarborRegistry, known: Mapping[str, Known] | None = None) -> Found:
    """All repositories with their listings, as a pass asks for them."""
    paths = set(adapter.repositories()) | (known or {}).keys()
    return {
        path: found
        for group in adapter.groups(paths)
        for path, found in adapter.listings(group, known or {}, thorough=False).items()
    }


def listed(found: Listing | AttemptError) -> dict[str, str]:
    """The digests of a listing by tag; raises what stands in its place."""
    if isinstance(found, AttemptError):
        raise found
    assert found.complete
    return {one.tag: one.digest for one in found.sightings}


def remembered(found: Found) -> dict[str, Known]:
    """What the record holds after a sweep."""
    return {
        path: {one.tag: LastSeen(one.digest, one.pushed_at) for one in listing.sightings}
        for path, listing in found.items()
        if isinstance(listing, Listing)
    }
