"""What a rule is here: a sentence, words of the code that keep it, and tests that would notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A rule in one sentence; `words` stand once in a file, `instead` when the rule is broken."""

    says: str
    file: str
    words: str
    instead: str
    tests: Sequence[str]


def rule(says: str, file: str, words: str, instead: str, *tests: str) -> Rule:
    """A rule with the tests that would notice, the likeliest first."""
    return Rule(says, file, words, instead, tests)
