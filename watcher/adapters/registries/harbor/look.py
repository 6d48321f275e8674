"""A look at one tag or digest by HEAD, which moves no pull time."""

from __future__ import annotations

from watcher.adapters.distribution import Distribution
from watcher.adapters.registries.harbor.scope import project_of
from watcher.domain.errors import UnauthorizedError


def look(client: Distribution, path: str, target: str) -> str:
    """Give the digest behind a tag, or a digest; NotFoundError where it is gone.

    Here Harbor says 401 for a missing permission as well; the login was proved before.
    """
    try:
        return client.head(path, target)
    except UnauthorizedError:
        raise UnauthorizedError(
            f"{path} at {target} is not shown to us (401): the login is right, but the permission"
            f" `pull repository` in the project {project_of(path)} is missing: grant it"
        ) from None
