"""What `watcher doctor` asks of Docker Hub: each thing a pass needs, once."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from watcher.adapters.distribution import Distribution
from watcher.adapters.registries.docker_hub.api import MAY_PULL, HubApi
from watcher.adapters.registries.docker_hub.entries import RepositoryEntry
from watcher.adapters.registries.docker_hub.quota import HubQuotas
from watcher.domain.errors import NotFoundError, UnauthorizedError

_LOOKED_INTO: Final = 5  # repositories, until one has a tag


def may_read(api: HubApi, client: Distribution, quotas: HubQuotas, paths: tuple[str, ...]) -> None:
    """Read the tags of a repository and ask for a digest, as a pass would.

    Raises UnauthorizedError that names the permission missing, RateLimitedError where pulls are
    short.
    """
    client.ping()
    for path in islice(paths, _LOOKED_INTO):
        tag = _any_tag(api, path)
        if tag is not None:
            _ask_for_digest(client, path, tag)
            quotas.require(path)
            return


def summary(included: int, listed: Mapping[str, RepositoryEntry] | None) -> str:
    """Say how many repositories there are, and that hidden ones would not show."""
    if listed is None:
        return f"repositories included: {included}"
    private = sum(1 for one in listed.values() if one.private)
    return f"repositories included: {included} ({private} private ones are shown to us)"


def _any_tag(api: HubApi, path: str) -> str | None:
    try:
        page = next(iter(api.tags(path)))
    except NotFoundError:
        return None  # an include may name what is not there yet
    return page.entries[0].name if page.entries else None


def _ask_for_digest(client: Distribution, path: str, tag: str) -> None:
    try:
        client.head(path, tag)
    except UnauthorizedError as error:
        raise UnauthorizedError(f"{error}; the token lacks {MAY_PULL}") from None
    except NotFoundError:
        return
