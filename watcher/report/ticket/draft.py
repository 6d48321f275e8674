"""A whole ticket, cut to what trackers accept; the marker is always last and whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from watcher.domain.ticket import (
    SEVERITY_LABELS,
    BumpTicket,
    Terms,
    TicketKey,
    marker,
    severity_label,
    wiki_marker,
)
from watcher.ports.tracker import MARKDOWN, Draft, Medium
from watcher.report.ticket import closing, first_screen, folded
from watcher.report.ticket.frame import Frame
from watcher.report.ticket.neutral import broken_up, clipped, code, prose
from watcher.report.ticket.rows import Most
from watcher.report.ticket.wiki import wiki
from watcher.report.ticket.words import YOURS

LONGEST: Final = MARKDOWN.longest
_NAME: Final = 80  # characters in a title, which Gitea cuts at 255 without a word
_LABEL: Final = 50
_SAYS_BASE: Final = re.compile(r"\bbases?\b")
_AS_DESIGNED: Final = Terms()
# How many lines to do and rows of each folded table are tried, until the text is too long.
_CUTS: Final = (
    *(Most(to_do=rows, folded=rows // 2) for rows in (6, 20, 50, 100, 150)),
    *(Most(to_do=rows, folded=rows) for rows in (200, 300, 500, 800, 1200, 2000)),
)


def draft(
    bump: BumpTicket,
    key: TicketKey,
    medium: Medium = MARKDOWN,
    terms: Terms = _AS_DESIGNED,
    frame: Frame | None = None,
) -> Draft:
    """Write title, labels and body; signs `watcher.ports.tracker.TicketWriter`.

    `terms` are those that the ticket is kept by, which it tells; `frame` is what a user puts
    around the parts of an open one.
    """
    text = body(bump, key, medium, _Telling(terms, frame))
    return Draft(key=key, title=title(bump), body=text, labels=labels(bump))


def title(bump: BumpTicket) -> str:
    """The title: what ends it, not which tool found it."""
    base, target = broken_up(bump.base_name, _NAME), broken_up(bump.target_name, _NAME)
    if bump.action == "version":
        return f"Move from {base} to {target}"
    word = "" if _SAYS_BASE.search(bump.base_name) else "base "
    return f"{'Rebuild on' if bump.action == 'rebuild' else 'Pin'} the new {word}{base}"


def labels(bump: BumpTicket) -> tuple[str, ...]:
    """The labels of a new ticket, no two alike."""
    found = {fix.severity for fix in bump.fixes}
    worst = (severity_label(one) for one in bump.severe if one in found)
    own = (clipped(label, _LABEL) for label in bump.labels if label not in SEVERITY_LABELS)
    return tuple(dict.fromkeys(("watcher", "base-image", *list(worst)[:1], *own)))


@dataclass(frozen=True, slots=True)
class _Telling:
    """How a ticket is told, whatever it says."""

    terms: Terms
    frame: Frame | None


def body(bump: BumpTicket, key: TicketKey, medium: Medium, telling: _Telling) -> str:
    """The text, of at most as many characters as the medium takes."""
    whole = _written(bump, key, Most(to_do=0, folded=0), medium, telling)
    for most in _CUTS:
        longer = _written(bump, key, most, medium, telling)
        if len(longer) > medium.longest:
            break
        whole = longer
        if most.cuts_nothing_of(bump):
            break
    return whole


def _written(
    bump: BumpTicket, key: TicketKey, most: Most, medium: Medium, telling: _Telling
) -> str:
    text = "\n\n".join(filter(None, _blocks(bump, most, telling)))
    if medium.markup == "wiki":
        return f"{wiki(text)}\n\n{wiki_marker(key)}\n"
    return f"{text}\n\n{marker(key)}\n"


def _blocks(bump: BumpTicket, most: Most, telling: _Telling) -> Iterator[str]:
    if bump.done:
        yield from closing.blocks(bump, most)
        return
    first, details = first_screen.blocks(bump, most), folded.blocks(bump, most)
    if telling.frame is None:
        yield from (*first, *details, "---", _footer(telling.terms))
        return
    yield telling.frame.around(
        first_screen="\n\n".join(filter(None, first)),
        details="\n\n".join(filter(None, details)),
        footer=_footer(telling.terms),
        team=prose(bump.cause.team),
        base=code(bump.base_name),
        target=code(bump.target.reference),
    )


def _footer(terms: Terms) -> str:
    exploited = "one is listed as known exploited or " if terms.kev else ""
    return (
        "Closes by itself when the last line is ticked, and reopens if one of these "
        "vulnerabilities returns within 30 days. Closed by hand, it waits seven days for the lines "
        f"left to be ticked, and otherwise stays closed for {terms.dismissal.days} days, "
        f"unless {exploited}a worse severity appears. {YOURS}"
    )
