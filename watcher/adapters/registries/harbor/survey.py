"""What we may do, tried once on the first image that is found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from watcher.adapters.distribution import Distribution
from watcher.adapters.registries.harbor.api import Api
from watcher.adapters.registries.harbor.scope import project_of
from watcher.adapters.registries.harbor.tags import read_tags
from watcher.domain.errors import NotFoundError, UnauthorizedError

_LOOKED_AT = 3  # repositories, until one with a tag is found


def survey(api: Api, client: Distribution, paths: Sequence[str]) -> None:
    """Raise UnauthorizedError that names the permission we lack: to list artifacts, or to pull.

    Pulling is tried with a HEAD, so that no pull time moves.
    """
    for path in islice(paths, _LOOKED_AT):
        tags = read_tags(api.artifacts(path), {}).seen
        if tags:
            _pull(api, client, path, min(tags))
            return


def _pull(api: Api, client: Distribution, path: str, tag: str) -> None:
    try:
        client.head(path, tag)
    except NotFoundError:
        return  # gone since it was listed
    except UnauthorizedError:
        raise UnauthorizedError(
            f"{api.url} answers and lists, but {path}:{tag} is refused to us: the permission"
            f" `pull repository` in the project {project_of(path)} is missing: grant it"
        ) from None
