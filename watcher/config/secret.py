"""Secrets: read once at load, told to nobody who does not ask by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

MASK = "***"
# The key of the validation context under which the environment is found.
ENVIRONMENT = "environment"
_LARGEST = 64 * 1024


class Secret:
    """A value that no repr, text or JSON shows; `reveal()` does.

    The configuration gives it as a string, as `{env: NAME}` or as `{file: PATH}`.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself: for the one who sends it, never for a message."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            _read, serialization=core_schema.to_string_ser_schema()
        )


def _read(given: object, context: ValidationInfo) -> Secret:
    if isinstance(given, Secret):
        return given
    environment = (context.context or {}).get(ENVIRONMENT, {})
    match given:
        case str():
            value, source = given, "the text"
        case {"env": str(name), **rest} if not rest:
            value, source = _from_environment(name, environment), f"the variable {name}"
        case {"file": str(path), **rest} if not rest:
            value, source = _from_file(Path(path)), f"the file {path}"
        case _:
            raise ValueError("must be a text in quotes, {env: NAME} or {file: PATH}")
    if not value:
        raise ValueError(f"{source} is empty: put the secret there, or remove the key")
    return Secret(value)


def _from_environment(name: str, environment: Mapping[str, str]) -> str:
    if name not in environment:
        raise ValueError(f"the environment has no variable {name}: set it, or remove the key")
    return environment[name].rstrip("\r\n")


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ValueError(f"the file {path} is larger than {_LARGEST} bytes: no secret is")
        return content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError(f"the file {path} is not UTF-8 text: write the secret as text") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ValueError(
            f"the file {path} cannot be read ({reason}): create it, or let us read it"
        ) from None
