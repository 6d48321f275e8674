"""Patterns over paths, as the configuration writes them: `shop/**`, `*/api`, `base-?`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from watcher.domain.errors import UsageError

# Longest first: `/**/` may stand for a single slash, `**/` for nothing at all.
_PARTS = re.compile(r"/\*\*/|^\*\*/|\*\*+|\*|\?|[^*?/]+|/")
_MEANINGS = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]", "/": "/"}


def _regex(text: str) -> re.Pattern[str]:
    once = re.sub(r"(?:\*\*/){2,}", "**/", text)
    return re.compile("".join(_meaning(part) for part in _PARTS.findall(once)), re.DOTALL)


def _meaning(part: str) -> str:
    if part in _MEANINGS:
        return _MEANINGS[part]
    return ".*" if part.startswith("**") else re.escape(part)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern: `**` spans slashes, `*` and `?` stay inside one segment; letter case counts.

    `a/**/b` matches `a/b` too, and `**/b` matches `b`. Every other character stands for itself.
    Raises UsageError where the text is empty.
    """

    text: str
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.text:
            raise UsageError("an empty pattern matches nothing: write ** to match everything")
        object.__setattr__(self, "_compiled", _regex(self.text))

    @property
    def literal(self) -> bool:
        """Whether the pattern has no wildcard, so that it names exactly one path."""
        return not {"*", "?"} & set(self.text)

    def matches(self, path: str) -> bool:
        """Tell whether the whole path matches."""
        return self._compiled.fullmatch(path) is not None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Selection:
    """What a configuration includes and does not exclude."""

    include: tuple[Pattern, ...]
    exclude: tuple[Pattern, ...] = ()

    @classmethod
    def parse(cls, include: tuple[str, ...], exclude: tuple[str, ...] = ()) -> Selection:
        """Read both lists; raises UsageError where a pattern is empty."""
        return cls(tuple(map(Pattern, include)), tuple(map(Pattern, exclude)))

    def holds(self, path: str) -> bool:
        """Tell whether some include matches the path and no exclude does."""
        included = any(pattern.matches(path) for pattern in self.include)
        return included and not any(pattern.matches(path) for pattern in self.exclude)
