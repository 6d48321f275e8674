"""What we may do, tried on the first image that is found."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from watcher.adapters.distribution import Distribution
from watcher.adapters.registries.harbor.api import Api
from watcher.adapters.registries.harbor.look import look
from watcher.adapters.registries.harbor.tags import read_tags
from watcher.domain.errors import NotFoundError

_LOOKED_AT = 3  # repositories, until one with a tag is found


def survey(api: Api, client: Distribution, paths: Sequence[str]) -> None:
    """Raise UnauthorizedError that names the permission we lack: to list artifacts, or to pull.

    An image is looked at by its digest: for a tag, a proxy cache would ask its own registry.
    """
    for path in islice(paths, _LOOKED_AT):
        tags = read_tags(api.artifacts(path), {}).seen
        if tags:
            with suppress(NotFoundError):  # gone since it was listed
                look(client, path, tags[min(tags)].digest)
            return
