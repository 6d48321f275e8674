"""A look at one tag by HEAD, which moves no pull time."""

from __future__ import annotations

from watcher.adapters.distribution import Distribution
from watcher.adapters.registries.harbor.scope import project_of
from watcher.domain.errors import UnauthorizedError


def look(client: Distribution, path: str, tag: str) -> str:
    """Give a tag's digest; NotFoundError where it is gone.

    Here Harbor says 401 for a missing permission as well; the login was proved before.
    """
    try:
        return client.head(path, tag)
    except UnauthorizedError as error:
        raise UnauthorizedError(
            f"{error}; as the login is right, the permission `pull repository` in the project"
            f" {project_of(path)} is missing: grant it"
        ) from None
