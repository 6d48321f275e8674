"""Documents of strangers, read field by field: what is not as described is said, never guessed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from watcher.domain.errors import WatcherError

Document = Mapping[str, Any]


class UnreadableError(WatcherError):
    """A document is not what the registry's kind sends."""


def parse(body: bytes) -> Document:
    """Read a body of JSON; raises UnreadableError where it is no JSON, or no object."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError("the body is no JSON") from None
    if not isinstance(told, dict):
        raise UnreadableError("the body is no JSON object")
    return told


def section(told: Document, name: str) -> Document:
    """An object that must be there."""
    found = told.get(name)
    if not isinstance(found, dict):
        raise UnreadableError(f"{name} is missing, or no object")
    return found


def sections(told: Document, name: str) -> Iterator[Document]:
    """A list of objects that must be there."""
    found = told.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UnreadableError(f"{name} is missing, or no list of objects")
    yield from found


def text(told: Document, name: str) -> str:
    """A text that must be there."""
    found = told.get(name)
    if not isinstance(found, str):
        raise UnreadableError(f"{name} is missing, or no text")
    return found


def optional_text(told: Document, name: str) -> str | None:
    """A text that may be there."""
    return None if told.get(name) is None else text(told, name)
