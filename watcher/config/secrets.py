"""Every secret of a configuration, for those who must leave them out of what they write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel

from watcher.config.model import Config
from watcher.config.secret import Secret

_SHORTEST: Final = 4  # characters; what is shorter stands in words that are none


def secrets_of(config: Config) -> tuple[str, ...]:
    """What no log may show: of an address its password alone, for the rest says what it is."""
    told = {one for secret in _held(config) for one in _told(secret.reveal())}
    return tuple(sorted(one for one in told if len(one) >= _SHORTEST))


def _held(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, BaseModel):
        for _, inner in value:
            yield from _held(inner)
    elif isinstance(value, Mapping):
        yield from _held(list(value.values()))
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for inner in value:
            yield from _held(inner)


def _told(secret: str) -> list[str]:
    if "://" not in secret:
        return [secret]
    try:
        password = urlsplit(secret).password
    except ValueError:
        return [secret]
    return [password] if password else []
