"""The rules on which the match's equality rests, each with a way to break it."""

from __future__ import annotations

from mutations.contexts import CONTEXTS
from mutations.documents import DOCUMENTS
from mutations.knowledge import KNOWLEDGE
from mutations.lists import LISTS
from mutations.rule import Rule

RULES: tuple[Rule, ...] = (*LISTS, *CONTEXTS, *DOCUMENTS, *KNOWLEDGE)

__all__ = ["RULES", "Rule"]
