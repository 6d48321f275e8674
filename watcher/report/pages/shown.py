"""Text from outside as a page shows it: one line, cut to length, nothing in it hidden.

Markup is escaped by the templates. Left are letters that turn the direction of writing, hide or
pile up, which would make a name look like another one or run over its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from unicodedata import combining

from watcher.report.ticket.neutral import clipped

_MOST_MARKS: Final = 2  # on one letter; no living script needs more
_WHOLE: Final = 400  # characters of a name that a title shows
_NAMELESS: Final = "(no name)"


@dataclass(frozen=True, slots=True)
class Shown:
    """A name as it is shown; `whole` is set where that is not all of it."""

    text: str
    whole: str | None


def shown(text: str, most: int) -> Shown:
    """Show a name in at most `most` characters, and more of it as a title where that cuts it."""
    short = visible(text, most)
    whole = visible(text, _WHOLE)
    return Shown(short, whole if whole != short else None)


def visible(text: str, most: int = 80) -> str:
    """One line of at most `most` characters; what nobody would see is written out by its number."""
    return clipped(_unpiled(text, most * 4), most) or _NAMELESS


def _unpiled(text: str, most: int) -> str:
    """The first characters of a text, with two marks on a letter at the most."""
    if text.isascii():
        return text[:most]
    kept: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if combining(letter) else 0
        if marks <= _MOST_MARKS:
            kept.append(letter)
        if len(kept) == most:
            break
    return "".join(kept)
