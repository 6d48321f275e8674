"""A whole ticket, cut to what trackers accept; the marker is always last and whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from watcher.domain.ticket import (
    SEVERITY_LABELS,
    BumpTicket,
    Terms,
    TicketKey,
    severity_label,
    streams,
    wiki_marker,
    with_marker,
)
from watcher.ports.tracker import MARKDOWN, Draft, Medium
from watcher.report.ticket import closing, first_screen, folded
from watcher.report.ticket.neutral import broken_up, clipped, code
from watcher.report.ticket.rows import Most
from watcher.report.ticket.template import BLOCKS, Template
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
    template: Template | None = None,
) -> Draft:
    """Write title, labels and body; signs `watcher.ports.tracker.TicketWriter`.

    `terms` are those that the ticket is kept by, which it tells. `template` orders and words the
    text otherwise.
    """
    text = body(bump, key, medium, Manner(terms, template))
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
class Manner:
    """How a ticket is written: the terms that it tells, and somebody's own template."""

    terms: Terms
    template: Template | None = None


def body(bump: BumpTicket, key: TicketKey, medium: Medium, manner: Manner) -> str:
    """The text, of at most as many characters as the medium takes."""
    shortest = _written(bump, key, Most(to_do=0, folded=0), medium, manner)
    whole = shortest[-medium.longest :]  # a template of one's own may be longer by itself
    for most in _CUTS:
        longer = _written(bump, key, most, medium, manner)
        if len(longer) > medium.longest:
            break
        whole = longer
        if most.cuts_nothing_of(bump):
            break
    return whole


def _written(bump: BumpTicket, key: TicketKey, most: Most, medium: Medium, manner: Manner) -> str:
    blocks = _blocks(bump, most, manner.terms)
    if manner.template is None:
        text = "\n\n".join(filter(None, blocks.values()))
    else:
        named = {name: block for name, block in blocks.items() if name in BLOCKS}
        text = manner.template.written(named, _facts(bump))
    if medium.markup == "wiki":
        return with_marker(wiki(text), key, wiki_marker(key))
    return with_marker(text, key)


def _blocks(bump: BumpTicket, most: Most, terms: Terms) -> dict[str, str]:
    """The blocks by their names, in the order of reading."""
    if bump.done:
        return closing.blocks(bump, most)
    return {
        **first_screen.blocks(bump, most),
        **folded.blocks(bump, most),
        "rule": "---",
        "footer": _footer(terms),
    }


def _facts(bump: BumpTicket) -> dict[str, object]:
    """What a template may ask, names as code."""
    return {
        "team": code(bump.cause.team),
        "action": bump.action,
        "base": code(bump.base_reference),
        "target": code(bump.target.reference),
        "digest": bump.target.digest,
        "streams": len(streams(bump.lines)),
        "to_do": sum(line.done is None for line in bump.lines),
        "exposures": bump.exposures,
        "exposure_days_per_week": bump.exposure_days_per_week,
        "is_done": bump.done,
    }


def _footer(terms: Terms) -> str:
    exploited = "one is listed as known exploited or " if terms.kev else ""
    return (
        "Closes by itself when the last line is ticked, and reopens if one of these "
        "vulnerabilities returns within 30 days. Closed by hand, it waits seven days for the lines "
        f"left to be ticked, and otherwise stays closed for {terms.dismissal.days} days, "
        f"unless {exploited}a worse severity appears. {YOURS}"
    )
