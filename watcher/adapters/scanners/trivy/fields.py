"""Typed reading of Trivy's JSON: a missing field is empty, one of another type an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watcher.domain.errors import PermanentError

JsonObject = Mapping[str, object]
_NOTHING: JsonObject = {}


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
