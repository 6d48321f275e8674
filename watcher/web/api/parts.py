"""Parts of lists: each names where the next one begins, by the key of its last entry."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Query

from watcher.domain.errors import UsageError

MOST: Final = 500  # entries of a part
_LONGEST: Final = 4000  # characters of a cursor

Limit = Annotated[
    int | None,
    Query(ge=1, le=MOST, description="So many entries at most; `next` says where the rest begins."),
]
After = Annotated[
    str | None,
    Query(max_length=_LONGEST, description="Where a part begins: the `next` of the part before."),
]
Key = list[Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list: at most `limit` entries behind the key `after`, None for the first."""

    limit: int
    after: Key | None

    @classmethod
    def asked(cls, limit: int | None, after: str | None) -> Part | None:
        """What is asked for; None where the whole list is. Raises UsageError for no cursor."""
        if limit is None and after is None:
            return None
        return cls(limit or MOST, _read(after) if after else None)

    def number(self) -> int:
        """The key as the number it has to be; 0 for the first part."""
        if self.after is None:
            return 0
        if (
            len(self.after) != 1
            or type(self.after[0]) is not int
            or not 0 <= self.after[0] < 1 << 31
        ):
            raise _no_cursor()
        return self.after[0]

    def of(
        self, entries: Sequence[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], Key]
    ) -> tuple[list[Mapping[str, Any]], Key | None]:
        """The part of a list in memory, in the order of its keys, and the next part's key."""
        try:
            behind = [one for one in entries if self.after is None or key(one) > self.after]
        except TypeError:
            raise _no_cursor() from None
        behind.sort(key=key)
        part = behind[: self.limit]
        return part, key(part[-1]) if len(behind) > len(part) else None


def cursor(key: Key | None) -> str | None:
    """A key as an address holds it."""
    if key is None:
        return None
    return urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(text: str) -> Key:
    try:
        told = json.loads(urlsafe_b64decode(f"{text}{'=' * (-len(text) % 4)}"))
    except (ValueError, RecursionError):
        raise _no_cursor() from None
    if not isinstance(told, list):
        raise _no_cursor()
    return told


def _no_cursor() -> UsageError:
    return UsageError("after: is no `next` of a part of this list: begin without it")
