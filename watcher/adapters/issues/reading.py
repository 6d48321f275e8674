"""Reading documents of trackers: each value of its kind, or the answer is refused as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from watcher.adapters.http import Answer
from watcher.adapters.issues.wire import unexpected


class Read:
    """One JSON object of an answer."""

    def __init__(self, answer: Answer, told: object) -> None:
        self.answer = answer
        self._told: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
        if not isinstance(told, Mapping):
            unexpected(answer, "an entry")

    def text(self, name: str) -> str:
        """A text that must be there."""
        found = self._told.get(name)
        if not isinstance(found, str):
            unexpected(self.answer, f"`{name}`")
        return found

    def maybe(self, name: str) -> str:
        """A text, empty where it is null or missing."""
        return "" if self._told.get(name) is None else self.text(name)

    def number(self, name: str) -> int:
        """A whole number that must be there."""
        found = self._told.get(name)
        if not isinstance(found, int) or isinstance(found, bool):
            unexpected(self.answer, f"`{name}`")
        return found

    def time(self, name: str) -> datetime | None:
        """A time in UTC, None where it is null, missing or garbled."""
        try:
            read = datetime.fromisoformat(self.maybe(name))
        except (ValueError, OverflowError):
            return None
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)

    def inner(self, name: str) -> Read | None:
        """An object inside of this one, None where it is null or missing."""
        found = self._told.get(name)
        return None if found is None else Read(self.answer, found)

    def items(self, name: str) -> Sequence[Any]:
        """A list inside of this one, empty where it is null or missing."""
        found = self._told.get(name)
        return listed(self.answer, [] if found is None else found)

    def get(self, name: str) -> Any:  # noqa: ANN401 - JSON
        """Whatever is there, None where nothing is."""
        return self._told.get(name)


def listed(answer: Answer, told: object) -> Sequence[Any]:
    """A list that must be one."""
    if not isinstance(told, list):
        unexpected(answer, "a list")
    return told


def named(answer: Answer, items: Sequence[object]) -> tuple[str, ...]:
    """The names of labels, each a text or an object with a name."""
    return tuple(
        item if isinstance(item, str) else Read(answer, item).text("name") for item in items
    )
