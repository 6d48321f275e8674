"""What a rule is here: a sentence, words of the code that keep it, and tests that would notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Break:
    """Words that stand once in a file, and what stands there instead when the rule is broken."""

    file: str
    words: str
    instead: str


@dataclass(frozen=True)
class Rule:
    """A rule in one sentence; the first of `breaks` whose words are there is made."""

    says: str
    breaks: Sequence[Break]
    tests: Sequence[str]


def rule(says: str, file: str, words: str, instead: str, *tests: str) -> Rule:
    """A rule that one change of one file breaks."""
    return Rule(says, (Break(file, words, instead),), tests)
