"""A ticket as a tracker renders it: what a reader sees, and what of it is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

# What GitHub, GitLab and Gitea look for in text that is rendered already, code left out.
REFERENCES = re.compile(
    r"[@#!$%&^][A-Za-z0-9_\"{\[]|(?<![0-9A-Za-z])~[A-Za-z0-9\"]|\bGH-[0-9]|://|\bwww\.[a-z]"
    r"|:[A-Za-z0-9_+-]+:|\[\[|\{[+-]"
    r"|\b(?!CVE-)[A-Z]{1,10}-[0-9]+\b|\b(?=[a-f]*[0-9])[0-9a-f]{7,40}\b"
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The tokens of a text."""

    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, text: str) -> Rendered:
        markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        return cls(tuple(_flat(markdown.parse(text))))

    def kinds(self) -> list[str]:
        """The structure without its text: blocks, and what is markup inside of them."""
        ignored = {"text", "inline", "softbreak"}
        return [one.type for one in self.tokens if one.type not in ignored]

    def html(self) -> list[str]:
        """Every piece of raw HTML."""
        return [one.content for one in self.tokens if one.type.startswith("html_")]

    def shown(self) -> list[str]:
        """What is read, piece by piece."""
        seen = {"text", "text_special", "code_inline"}
        return [one.content for one in self.tokens if one.type in seen]

    def references(self) -> list[str]:
        """Whatever a tracker would make a link, a mention or a picture of."""
        return REFERENCES.findall(self._outside_code())

    def _outside_code(self) -> str:
        pieces = {"text", "text_special"}
        return "".join(one.content if one.type in pieces else "\n" for one in self.tokens)


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])
