"""Rules: how the tags of repositories become streams; the first that matches counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from watcher.domain.pattern import Pattern, Selection
from watcher.domain.reference import Platform, Repository
from watcher.domain.stream.model import By

Lines = Literal["major", "minor", "all"]
_EVERY_TAG = Selection.parse(("*",))


@dataclass(frozen=True, slots=True)
class StreamRule:
    """How the tags of matching repositories become streams; `by` None means: by their looks."""

    match: Pattern | None = None
    by: By | None = None
    lines: Lines = "major"
    flavours: frozenset[str] = frozenset()
    tags: Selection = _EVERY_TAG
    platforms: frozenset[Platform] = frozenset()


def rule_for(repository: Repository, rules: Iterable[StreamRule]) -> StreamRule:
    """The first rule that matches a repository; the default rule where none does."""
    name = str(repository)
    return next(
        (rule for rule in rules if rule.match is None or rule.match.matches(name)), StreamRule()
    )
