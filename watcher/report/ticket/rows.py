"""Lists, tables and folds of a ticket, cut to so many rows and saying what was left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from watcher.domain.ticket import BumpTicket
from watcher.report.ticket.words import number

Item = TypeVar("Item")

_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&*+,;=%\[\]-]{1,500}")


@dataclass(frozen=True, slots=True)
class Most:
    """How many rows are shown: lines to do, and of each folded list."""

    to_do: int
    folded: int

    def cuts_nothing_of(self, bump: BumpTicket) -> bool:
        """Whether all rows of a ticket are shown."""
        folded = (
            *(bump.fixes, bump.listed, bump.remains, bump.introduces, bump.unproven),
            *(bump.unknown, bump.own, bump.evidence, bump.bases, bump.set_aside),
        )
        longest = max(len(bump.lines), *map(len, folded))
        return longest <= min(self.to_do, self.folded)


def link(bump: BumpTicket) -> str | None:
    """Where watcher shows this bump, as a Markdown link; None where no such place is known."""
    if bump.link is None or not _ADDRESS.fullmatch(bump.link):
        return None
    return f"[This bump in watcher](<{bump.link}>)"


def address(url: str) -> str | None:
    """An address that a link may lead to; None for what might end the link."""
    return url if _ADDRESS.fullmatch(url) else None


def more(bump: BumpTicket, left: int) -> str:
    """Say how many rows were left out, and where they are."""
    place = link(bump)
    where = f"{place} has them all" if place else "`watcher bumps` lists them all"
    return f"and {number(left)} more: {where}."


def bullets(bump: BumpTicket, items: Sequence[Item], show: Callable[[Item], str], most: int) -> str:
    """A list of at most `most` items."""
    return _cut(bump, [f"- {show(item)}" for item in items[:most]], len(items) - most)


def table(
    bump: BumpTicket,
    heads: Sequence[str],
    items: Sequence[Item],
    show: Callable[[Item], Sequence[str]],
    most: int,
) -> str:
    """A table of at most `most` rows; a head that ends in `:` stands over numbers."""
    names = [head.removesuffix(":") for head in heads]
    rule = "|".join("--:" if head.endswith(":") else "---" for head in heads)
    rows = [_row(show(item)) for item in items[:most]]
    return _cut(bump, [_row(names), f"|{rule}|", *rows] if rows else [], len(items) - most)


def _cut(bump: BumpTicket, lines: Sequence[str], left: int) -> str:
    return "\n".join([*lines, "", f"… {more(bump, left)}"] if left > 0 else lines).strip()


def fold(head: str, blocks: Iterable[str]) -> str:
    """Blocks behind a summary, which holds our own words alone: it is raw HTML."""
    inner = "\n\n".join(filter(None, blocks))
    return f"<details><summary>{head}</summary>\n\n{inner}\n\n</details>" if inner else ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
