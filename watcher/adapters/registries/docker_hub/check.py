"""What `watcher doctor` asks of Docker Hub: each thing a pass needs, once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import islice
from typing import Final

from watcher.adapters.distribution import Distribution
from watcher.adapters.registries.docker_hub.api import MAY_LIST, MAY_PULL, HubApi
from watcher.adapters.registries.docker_hub.entries import RepositoryEntry
from watcher.adapters.registries.docker_hub.quota import HubQuotas
from watcher.domain.errors import NotFoundError, UnauthorizedError

_NAMED: Final = 20  # repositories that an include names
_LOOKED_INTO: Final = 5  # repositories, until one has a tag


def may_read(api: HubApi, client: Distribution, quotas: HubQuotas, paths: tuple[str, ...]) -> None:
    """Read the tags of a repository and ask for a digest, as a pass would.

    Raises UnauthorizedError that names the permission missing, RateLimitedError where pulls are
    short.
    """
    _meet(client, signed_in=not api.anonymous)
    for path in islice(paths, _LOOKED_INTO):
        tag = _any_tag(api, path)
        if tag is not None:
            _ask_for_digest(client, path, tag, signed_in=not api.anonymous)
            quotas.require(path)
            return


def absent(api: HubApi, paths: Collection[str]) -> set[str]:
    """Give those that Hub shows us nothing of."""
    return {path for path in sorted(paths)[:_NAMED] if not _is_shown(api, path)}


def doubts(listed: Mapping[str, RepositoryEntry] | None, user: str | None) -> tuple[str, ...]:
    """Say what Hub keeps silent about: it leaves out of a list what a login may not see."""
    private = (one.private for one in listed.values()) if listed else ()
    official = all(path.startswith("library/") for path in listed or ())
    if user is None or official or any(private):
        return ()
    doubt = (
        f"no private repository is shown to {user}: where there are any, its token lacks {MAY_LIST}"
        " (an organization's, on the organization), or the user is in none of their teams"
    )
    return (doubt,)


def summary(included: int, listed: Mapping[str, RepositoryEntry] | None) -> str:
    """Say how many repositories there are, and that hidden ones would not show."""
    if listed is None:
        return f"repositories included: {included}"
    private = sum(1 for one in listed.values() if one.private)
    return f"repositories included: {included} ({private} private ones are shown to us)"


def _meet(client: Distribution, *, signed_in: bool) -> None:
    try:
        client.ping()
    except UnauthorizedError as error:
        if not signed_in:
            raise
        raise UnauthorizedError(
            f"{error}, which Docker Hub's API accepts: correct url, where it is no address of"
            " Docker Hub's registry"
        ) from None


def _is_shown(api: HubApi, path: str) -> bool:
    try:
        next(iter(api.tags(path)))
    except NotFoundError:
        return False
    return True


def _any_tag(api: HubApi, path: str) -> str | None:
    try:
        page = next(iter(api.tags(path)))
    except NotFoundError:
        return None  # an include may name what is not there yet
    return page.entries[0].name if page.entries else None


def _ask_for_digest(client: Distribution, path: str, tag: str, *, signed_in: bool) -> None:
    try:
        client.head(path, tag)
    except UnauthorizedError:
        if not signed_in:
            raise
        # The password was accepted by the API, whatever the registry says of it.
        raise UnauthorizedError(
            f"{path}:{tag} cannot be pulled (401): the login is right, but the token lacks"
            f" {MAY_PULL}"
        ) from None
    except NotFoundError:
        return
