"""Text from outside as Markdown that shows it and obeys none of it.

Trackers do more than Markdown: after rendering they turn `@name`, `#1`, `!1`, `GH-1`, addresses and
`:emoji:` into links and pictures, even where a backslash stood before them. Inside code they do
not. So what is plainly harmless stands as it is, and everything else in code.
"""

from __future__ import annotations

import re
from typing import Final

_MARKUP: Final = re.compile(r"[\\`*_\[\]~$]")
# What begins a list or a heading where a line or a list's item begins with it.
_BEGINNING: Final = re.compile(r"([0-9]*)([#+.)=-])")
# What trackers look for in text that is already rendered, GitLab's references included.
_TRIGGER: Final = re.compile(
    r"[@#!$%~&^][\w\"'{\[(]|//|:[\w+-]{1,80}:|[\[{][\[\w+-]|(?i:\bwww\.|\bGH-)"
    r"|\b(?!CVE-)[A-Z][A-Z0-9]{0,9}-[0-9]|\b(?=[a-f]*[0-9])[0-9a-f]{7,64}\b"
)
# Names and versions as they mostly are: nothing in them is markup but `_` and `~`.
_HARMLESS: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_+-]|~(?=[A-Za-z])|[.:](?=[0-9]))*")
_TICKS: Final = re.compile(r"`+")
_EDGES: Final = re.compile(r"([(\"']*)(.*?)([).,;:!?\"']*)")


def clipped(text: str, most: int) -> str:
    """One line of visible characters, cut to `most` of them; what cannot be seen is written out."""
    line = " ".join(text[: most * 4].split())
    seen = line[: most + 1]
    if not seen.isprintable():
        seen = "".join(one if one.isprintable() else _written(one) for one in seen)
    return seen if len(seen) <= most else seen[: most - 1] + "…"


def code(text: str, most: int = 200) -> str:
    """Text inside code, in a table as well: nothing in it is markup."""
    pieces = (clipped(text, most) or " ").split("|")
    # A pipe would end a table's cell even inside backticks, so it stands between them.
    return "&#124;".join(_ticked(piece) if piece else "" for piece in pieces)


def _ticked(text: str) -> str:
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    inner = text.strip()
    # One space at both ends is taken away again.
    pad = " " if inner and (text[0] in "` " or text[-1] in "` ") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def name(text: str, most: int = 120) -> str:
    """A name, an id or a version: as it is where it is plainly harmless, else in code."""
    shown = clipped(text, most)
    plain = f"{shown.replace('~', '')}:"  # a colon of ours may follow; in a version `~` is harmless
    if not _HARMLESS.fullmatch(shown) or _TRIGGER.search(plain):
        return code(text, most)
    return "".join(f"\\{one}" if one in "_~" else one for one in shown)


def prose(text: str, most: int = 1000) -> str:
    """A sentence that quotes things from outside."""
    shown = " ".join(_word(word) for word in clipped(text, most).split()) or "–"
    begins = _BEGINNING.match(shown)
    return f"{begins[1]}\\{shown[begins.start(2) :]}" if begins else shown


def broken_up(text: str, most: int = 120) -> str:
    """A name in a title, which knows no code: what a tracker would link is broken by a space."""
    return _TRIGGER.sub(lambda found: f"{found[0][0]}\u200b{found[0][1:]}", clipped(text, most))


def fenced(text: str, most: int = 400) -> str:
    """Text for a line of a code block that begins with a sign of our own."""
    return clipped(text, most)


def _word(word: str) -> str:
    """One word of a sentence; the punctuation around it stays outside of code."""
    edges = _EDGES.fullmatch(word)
    if edges is None or not _TRIGGER.search(f"{word}:"):
        return "".join(map(_escaped, word))
    before, inner, behind = edges.groups()
    if not inner or _TRIGGER.search(before + behind):
        return code(word)
    return "".join(map(_escaped, before)) + code(inner) + "".join(map(_escaped, behind))


def _escaped(one: str) -> str:
    entities = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
    return entities.get(one) or (f"\\{one}" if _MARKUP.match(one) else one)


def _written(one: str) -> str:
    return one.encode("unicode_escape").decode("ascii")
