"""A whole ticket, cut to what trackers accept; the marker is always last and whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from watcher.domain.ticket import BumpTicket, TicketKey, marker
from watcher.ports.tracker import Draft
from watcher.report.ticket import closing, first_screen, folded
from watcher.report.ticket.neutral import broken_up, clipped
from watcher.report.ticket.rows import Most

LONGEST: Final = 60_000  # characters; GitHub takes 65,536
_NAME: Final = 80  # characters in a title, which Gitea cuts at 255 without a word
_LABEL: Final = 50
# How many lines to do and rows of each folded table are tried, until the text is too long.
_CUTS: Final = (
    *(Most(to_do=rows, folded=rows // 2) for rows in (6, 20, 50, 100, 150)),
    *(Most(to_do=rows, folded=rows) for rows in (200, 300, 500, 800, 1200, 2000)),
)


def draft(bump: BumpTicket, key: TicketKey, longest: int = LONGEST) -> Draft:
    """Write title, labels and body; signs `watcher.ports.tracker.TicketWriter`."""
    return Draft(key=key, title=title(bump), body=body(bump, key, longest), labels=labels(bump))


def title(bump: BumpTicket) -> str:
    """The title: what ends it, not which tool found it."""
    base, target = broken_up(bump.base_name, _NAME), broken_up(bump.target_name, _NAME)
    if bump.action == "version":
        return f"Move from {base} to {target}"
    return f"{'Rebuild on' if bump.action == 'rebuild' else 'Pin'} the new base {base}"


def labels(bump: BumpTicket) -> tuple[str, ...]:
    """The labels of a new ticket, no two alike."""
    found = {fix.severity for fix in bump.fixes}
    worst = (f"severity/{one.lower()}" for one in bump.severe if one in found)
    own = (clipped(label, _LABEL) for label in bump.labels)
    return tuple(dict.fromkeys(("watcher", "base-image", *list(worst)[:1], *own)))


def body(bump: BumpTicket, key: TicketKey, longest: int = LONGEST) -> str:
    """The Markdown text, of at most `longest` characters."""
    whole = _written(bump, key, Most(to_do=0, folded=0))
    for most in _CUTS:
        longer = _written(bump, key, most)
        if len(longer) > longest:
            break
        whole = longer
        if most.cuts_nothing_of(bump):
            break
    return whole


def _written(bump: BumpTicket, key: TicketKey, most: Most) -> str:
    text = "\n\n".join(filter(None, _blocks(bump, most)))
    return f"{text}\n\n{marker(key)}\n"


def _blocks(bump: BumpTicket, most: Most) -> Iterator[str]:
    if bump.done:
        yield from closing.blocks(bump, most)
        return
    yield from first_screen.blocks(bump, most)
    yield from folded.blocks(bump, most)
    yield "---"
    yield _footer(bump)


def _footer(bump: BumpTicket) -> str:
    return (
        "Closes by itself when the last line is ticked, and reopens if one of these "
        "vulnerabilities returns within 30 days. Closed by hand, it waits seven days for the lines "
        f"left to be ticked, and otherwise stays closed for {bump.dismissal.days} days, "
        "unless one is listed as known exploited or a worse severity appears. Title, labels and "
        "your comments are yours; watcher rewrites only this text."
    )
