"""The proxy behind which a server is asked; its address may hold a password, so it is a secret."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from watcher.config.secret import Secret
from watcher.config.values import address_parts


def _is_an_address(proxy: Secret) -> Secret:
    scheme, _, place = proxy.reveal().partition("://")
    _, path, query = address_parts(f"{scheme}://{place.rpartition('@')[2]}")
    if path or query:
        raise ValueError("must end after the host and port")
    return proxy


Proxy = Annotated[Secret, AfterValidator(_is_an_address)]
