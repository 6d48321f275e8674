"""Whether a site lets us do all that a pass needs, tried without pulling anything."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from watcher.adapters.registries.ecr.account import AccountRegistry
from watcher.adapters.registries.ecr.api import Api
from watcher.domain.errors import NotFoundError

# No image has it: what is asked about it is refused for want of rights, or is not there.
_NOWHERE: Final = "sha256:" + "0" * 64


def check(account: AccountRegistry, repository: str | None) -> None:
    """Try everything, on a repository where there is one; raises the first failure.

    Without one the token alone can be tried.

    UnauthorizedError names the action that is denied.
    """
    if repository is not None:
        _try(account.api, "DescribeImages", repository, maxResults=1)
        _try(account.api, "BatchGetImage", repository, imageIds=[{"imageDigest": _NOWHERE}])
        _try(account.api, "GetDownloadUrlForLayer", repository, layerDigest=_NOWHERE)
    account.pulling().client.ping()


def is_absent(account: AccountRegistry, repository: str) -> bool:
    """Tell whether AWS says that there is no such repository."""
    try:
        account.api.ask("DescribeImages", repository, repositoryName=repository, maxResults=1)
    except NotFoundError:
        return True
    return False


def _try(api: Api, operation: str, repository: str, **parameters: object) -> None:
    with suppress(NotFoundError):
        api.ask(operation, repository, repositoryName=repository, **parameters)
