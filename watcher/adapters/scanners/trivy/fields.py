"""Typed reading of Trivy's JSON: a missing field is empty, one of another type an error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from watcher.domain.errors import PermanentError

JsonObject = Mapping[str, object]
_NOTHING: JsonObject = {}

# What moves a terminal's cursor or turns a line around.
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_TITLE_LIMIT: Final = 300


def _wrong(name: str, expected: str) -> PermanentError:
    return PermanentError(
        f"Trivy's report has no {expected} in field {name!r}: watcher reads the reports of "
        "Trivy 0.74.0 and later; check trivy.binary"
    )


def text(source: JsonObject, name: str) -> str:
    """Read a string; "" where the field is missing or null. Raises PermanentError."""
    value = source.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong(name, "text")
    return value


def number(source: JsonObject, name: str) -> int:
    """Read a whole number; 0 where the field is missing or null. Raises PermanentError."""
    value = source.get(name)
    if value is None:
        return 0
    if not isinstance(value, int):
        raise _wrong(name, "whole number")
    return value


def texts(source: JsonObject, name: str) -> list[str]:
    """Read a list of strings; empty where the field is missing or null. Raises PermanentError."""
    value = source.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(name, "list of texts")
    return value


def part(source: JsonObject, name: str) -> JsonObject:
    """Read an object; empty where the field is missing or null. Raises PermanentError."""
    value = source.get(name)
    if value is None:
        return _NOTHING
    return whole(value, name)


def parts(source: JsonObject, name: str) -> Sequence[JsonObject]:
    """Read a list of objects; empty where the field is missing or null. Raises PermanentError."""
    value = source.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _wrong(name, "list of objects")
    return [whole(item, name) for item in value]


def whole(value: object, name: str) -> JsonObject:
    """Make sure that a value is an object. Raises PermanentError."""
    if not isinstance(value, dict):
        raise _wrong(name, "object")
    return value


@lru_cache(maxsize=1 << 14)
def readable(title: str) -> str:
    """Bound a title and take out what moves a terminal's cursor or turns a line around."""
    shortened = title[: 2 * _TITLE_LIMIT]
    if not shortened.isprintable():
        shortened = CONTROL.sub(" ", shortened)
    return shortened.strip()[:_TITLE_LIMIT]


@lru_cache(maxsize=1 << 14)
def moment(written: str) -> datetime | None:
    """Read a time of RFC 3339 as aware UTC; None where it is none, or Go's zero time."""
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo and read.year > 1 else None
