"""What a ticket is found by: its key, and the marker line that carries it in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY = re.compile(r"([1-9][0-9]{0,8}):([^:\s]{1,500}):(\S{1,1500})")
_NAMED = r"watcher:key=([1-9][0-9]{0,8}:[^:\s]{1,500}:\S{1,1500}) "
_MARKER = re.compile(
    rf"^[ \t]*(?:<!-- {_NAMED}[^\n]{{0,200}}-->|\{{\{{{_NAMED}[^\n]{{0,200}}\}}\}})[ \t]*\r?$",
    re.MULTILINE,
)
# Trackers that keep no markup of their own write it anew, and put these before signs of it.
_ESCAPE = re.compile(r"\\(?=[^A-Za-z0-9\s])")
_UNSAFE = re.compile(r"[^A-Za-z0-9._/+-]")
_UNSAFE_IN_LINEAGE = re.compile(r"[^A-Za-z0-9._/:+-]")
_ENCODED = re.compile(r"(?:%[0-9A-F]{2})+")


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """What one ticket is about: a team, and the lineage of the base its images are built on."""

    team: str
    lineage: str


@dataclass(frozen=True, slots=True, order=True)
class TicketKey:
    """The name of a ticket in every tracker: its generation, counted from 1, and its cause.

    Written, it holds nothing but harmless ASCII; all else is percent-encoded.
    """

    generation: int
    cause: Cause

    @classmethod
    def parse(cls, text: str) -> TicketKey:
        """Read `1:data:harbor.example/base/python:3.12`; raises ValueError for anything else."""
        found = _KEY.fullmatch(text)
        if found is None:
            raise ValueError(f"{text[:100]!a} is no ticket key, such as 1:shop:local/base/python:3")
        key = cls(int(found[1]), Cause(_decoded(found[2]), _decoded(found[3])))
        if str(key) != text:
            raise ValueError(f"{text[:100]!a} is no ticket key as watcher writes them")
        return key

    def __str__(self) -> str:
        team = _UNSAFE.sub(_encoded, self.cause.team)
        lineage = _UNSAFE_IN_LINEAGE.sub(_encoded, self.cause.lineage)
        return f"{self.generation}:{team}:{lineage}"


@dataclass(frozen=True, slots=True)
class Marked:
    """The marker found in a text: its key, and the offset at which its line ends."""

    key: TicketKey
    end: int


def marker(key: TicketKey) -> str:
    """The last line of a ticket's text, which no reader sees once it is rendered."""
    return f"<!-- watcher:key={key} (keep this line) -->"


def wiki_marker(key: TicketKey) -> str:
    """The same where markup knows no comment: a line that readers see."""
    return f"{{{{watcher:key={key} (keep this line)}}}}"


def marked(text: str, key: TicketKey | None = None) -> Marked | None:
    """Find the first marker in a text, or the first one with this key; None where there is none."""
    for found in _MARKER.finditer(text):
        try:
            read = TicketKey.parse(found[1] or unescaped(found[2]))
        except ValueError:
            continue
        if key in {None, read}:
            return Marked(read, found.end())
    return None


def unescaped(text: str) -> str:
    """A text without the backslashes that a tracker put before signs of its markup."""
    return _ESCAPE.sub("", text)


def with_marker(text: str, key: TicketKey, line: str | None = None) -> str:
    """The text with its marker as the last line, and nothing behind it; `line` if it has none."""
    found = marked(text, key)
    body = text[: found.end] if found else f"{text.rstrip()}\n\n{line or marker(key)}"
    return body.strip() + "\n"


def _encoded(found: re.Match[str]) -> str:
    # A lone surrogate is no text, but a name from outside may hold one.
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass"))


def _decoded(text: str) -> str:
    def decode(found: re.Match[str]) -> str:
        written = bytes.fromhex(found[0].replace("%", ""))
        return written.decode("utf-8", "surrogatepass")

    return _ENCODED.sub(decode, text)
