"""The text of a dashboard, in the markup of its tracker; nothing in it moves by time alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from watcher.domain.ticket import OURS, Standing, TicketKey, Wish, marker, wiki_marker
from watcher.ports.tracker import Draft, Medium
from watcher.report.ticket.neutral import broken_up, clipped
from watcher.report.ticket.rows import address

TITLE: Final = "Base image bumps: dashboard"
_LABELS: Final = (OURS,)
_WORDS: Final[dict[Wish, str]] = {
    "approve": "file now",
    "hold": "leave alone",
    "refresh": "write anew",
}
_HEADS: Final = (
    ("waiting", "To be filed"),
    ("open", "Open"),
    ("closed", "Closed by hand"),
)
_LEAD: Final = (
    "Tick a box, and the next pass acts on it. “file now” files a ticket whatever the limits; "
    "“leave alone” keeps watcher from filing or changing one, though evidence still closes it; "
    "“write anew” has the text brought up to date. watcher rewrites this text; write below it what "
    "you like. Close this issue, and there is no dashboard any more."
)
_NONE: Final = "Nothing is planned."


@dataclass(frozen=True, slots=True)
class _Markup:
    head: Callable[[str], str]
    item: str
    box: Callable[[bool, Wish, TicketKey], str]
    text: Callable[[str], str]
    link: Callable[[str, str], str]
    mark: Callable[[TicketKey], str]


def board(key: TicketKey, standings: Sequence[Standing], medium: Medium) -> Draft:
    """Write a dashboard of at most as many characters as the medium takes."""
    markup = _WIKI if medium.markup == "wiki" else _MARKDOWN
    shown = list(standings)
    while True:
        body = "\n\n".join((*_blocks(shown, len(standings) - len(shown), markup), markup.mark(key)))
        if len(body) <= medium.longest or not shown:
            return Draft(key, TITLE, f"{body}\n", _LABELS)
        del shown[-max(len(shown) // 10, 1) :]


def _blocks(shown: Sequence[Standing], left: int, markup: _Markup) -> Iterator[str]:
    yield _LEAD
    for state, head in _HEADS:
        found = [one for one in shown if one.state == state]
        if found:
            yield markup.head(f"{head}, {len(found)}")
            yield "\n".join(line for one in found for line in _lines(one, markup))
    if not shown:
        yield _NONE
    if left:
        yield f"… and {left} more: `watcher bumps` lists them all."


def _lines(one: Standing, markup: _Markup) -> Iterator[str]:
    title = markup.text(f"{one.title} ({one.key.cause.team})")
    place = address(one.url) if one.url is not None else None
    why = f": {markup.text(one.why)}" if one.why else ""
    yield f"{markup.item} {markup.link(title, place) if place else title}{why}"
    for wish, ticked in one.boxes:
        inner = f"{markup.item}{markup.item}" if markup is _WIKI else f"  {markup.item}"
        yield f"{inner} {markup.box(ticked, wish, one.key)} {_WORDS[wish]}"


def _markdown_text(text: str) -> str:
    return "".join(f"\\{one}" if one in _SIGNS else one for one in broken_up(text, 300))


def _wiki_text(text: str) -> str:
    return "".join(f"\\{one}" if one in _WIKI_SIGNS else one for one in clipped(text, 300))


_SIGNS: Final = frozenset("\\`*_[]<>&|~$#!")
_WIKI_SIGNS: Final = frozenset("\\{}[]*_?-+^~|!@")
_MARKDOWN: Final = _Markup(
    head=lambda text: f"### {text}",
    item="-",
    box=lambda ticked, wish, key: f"[{'x' if ticked else ' '}] <!-- watcher:{wish}={key} -->",
    text=_markdown_text,
    link=lambda text, url: f"[{text}](<{url}>)",
    mark=marker,
)
_WIKI: Final = _Markup(
    head=lambda text: f"h4. {text}",
    item="*",
    box=lambda ticked, wish, key: (
        f"{{{{[{'x' if ticked else ' '}]}}}} {{{{watcher:{wish}={key}}}}}"
    ),
    text=_wiki_text,
    link=lambda text, url: f"[{text}|{url}]",
    mark=wiki_marker,
)
