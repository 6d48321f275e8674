"""How a name that nobody knows is shown, and what was meant by it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """Continue a message: the nearest known name where one is near, else all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known are: {', '.join(names)}" if names else "; none is configured"


def printable(text: str) -> str:
    """Show a text in one line, with escapes for what a terminal would obey."""
    escaped = (one if one.isprintable() else ascii(one)[1:-1] for one in text)
    return "".join(escaped)
