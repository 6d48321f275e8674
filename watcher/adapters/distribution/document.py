"""JSON from strangers, read field by field; whatever is not as specified raises MalformedError."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from watcher.domain.errors import PermanentError
from watcher.domain.reference import is_digest

_LARGEST = 2**63 - 1
_SHOWN = 80


class MalformedError(PermanentError):
    """An answer that is not of the shape that whoever is asked would give it.

    `reason` says so without the advice, for those who know better where it came from.
    """

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(f"{reason}; {advice}" if advice else reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object, and the words for it in an error message."""

    what: str
    fields: Mapping[str, object] = field(repr=False)

    @classmethod
    def read(cls, what: str, body: bytes) -> Document:
        """Read a body that has to be one JSON object."""
        try:
            found = json.loads(body, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise MalformedError(f"{what} is not JSON", "push it again") from None
        return cls._of(what, found)

    @classmethod
    def _of(cls, what: str, found: object) -> Document:
        if not isinstance(found, dict):
            raise MalformedError(f"{what} is not a JSON object", "push it again")
        return cls(what, found)

    def has(self, name: str) -> bool:
        """Tell whether the field is there and not null."""
        return self.fields.get(name) is not None

    def wrong(self, name: str, expected: str) -> NoReturn:
        """Refuse the document because of a field."""
        raise MalformedError(
            f"{self.what}: {name} is {shown(self.fields.get(name))}, not {expected}"
        )

    def text(self, name: str) -> str:
        """Give a text; empty where the field is missing."""
        found = self.fields.get(name)
        if found is None:
            return ""
        return clean(found) if isinstance(found, str) else self.wrong(name, "a text")

    def digest(self, name: str) -> str:
        """Give a sha256 digest, the only kind that can be verified here."""
        found = self.fields.get(name)
        if isinstance(found, str) and is_digest(found):
            return found
        return self.wrong(name, "a sha256 digest")

    def size(self, name: str) -> int:
        """Give a number of bytes."""
        found = self.fields.get(name)
        if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= _LARGEST:
            return found
        return self.wrong(name, "a number of bytes")

    def child(self, name: str) -> Document:
        """Give an object inside; an empty one where the field is missing."""
        return Document._of(f"{self.what}: {name}", self.fields.get(name) or {})

    def children(self, name: str) -> Iterator[Document]:
        """Give the objects of a list; nothing where the field is missing."""
        for position, found in enumerate(self._list(name)):
            yield Document._of(f"{self.what}: {name}[{position}]", found)

    def texts(self, name: str) -> tuple[str, ...]:
        """Give a list of texts; an empty one where the field is missing."""
        found = self._list(name)
        if not all(isinstance(item, str) for item in found):
            self.wrong(name, "a list of texts")
        return tuple(clean(str(item)) for item in found)

    def mapping(self, name: str) -> dict[str, str]:
        """Give texts by name; an empty mapping where the field is missing."""
        found = self.fields.get(name)
        if found is None:
            return {}
        if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
            self.wrong(name, "a mapping of texts")
        return {clean(key): clean(value) for key, value in found.items()}

    def _list(self, name: str) -> list[object]:
        found = self.fields.get(name)
        if found is None:
            return []
        return found if isinstance(found, list) else self.wrong(name, "a list")


def shown(found: object) -> str:
    """Give a stranger's value as an error message may show it: short, one line, plain ASCII."""
    if isinstance(found, dict | list):
        return f"a {'mapping' if isinstance(found, dict) else 'list'} of {len(found)}"
    text = ascii(found)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def clean(text: str) -> str:
    """Replace what no database stores and no terminal prints: NUL and halves of surrogate pairs."""
    return text.replace("\0", "�").encode("utf-8", "replace").decode()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
