"""What an open ticket keeps folded: lines done, every vulnerability, and how watcher knows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from watcher.domain.package import rank
from watcher.domain.ticket import (
    BaseInUse,
    BumpTicket,
    Fix,
    OwnFinding,
    Remaining,
    SetAside,
    Unknown,
)
from watcher.report.ticket.cells import (
    BROUGHT,
    brought,
    severity,
    start,
    version,
    vulnerabilities,
    worst,
)
from watcher.report.ticket.ended import done_lines, listed_before
from watcher.report.ticket.neutral import code, name, prose
from watcher.report.ticket.rows import Most, bullets, fold, link, table
from watcher.report.ticket.words import (
    counted,
    minute,
    near_day,
    number,
    platform,
    small,
)

_FIXED: Final = (*BROUGHT, "streams:", "known since", "past due:")
_AGAIN: Final = "A stream that has one of these is not ticked either."
_STREAMS: Final = 10  # named for each of the images' own vulnerabilities


def blocks(bump: BumpTicket, most: Most) -> dict[str, str]:
    """The folds by their names, in the order of reading."""
    rows = most.folded
    return {
        "done": done_lines(bump, rows),
        "fixes": _fixes(bump, rows),
        "listed_before": listed_before(bump, "<b>Listed before</b>", bump.listed, rows, _AGAIN),
        "remains": _left(bump, "<b>Remains</b> after the bump", bump.remains, rows),
        "introduces": _introduces(bump, rows),
        "set_aside": _set_aside(bump, rows),
        "unproven": _left(bump, "<b>Unproven</b>, and not counted", bump.unproven, rows),
        "unknown": _unknown(bump, rows),
        "own": _own(bump, rows),
        "evidence": evidence(bump, rows),
    }


def _fixes(bump: BumpTicket, most: int) -> str:
    exposures = counted(sum(fix.streams for fix in bump.fixes), "exposure")
    streams = counted(sum(line.done is None for line in bump.lines), "stream")
    head = f"<b>Fixes</b>: {vulnerabilities(bump.fixes)}, {exposures} in {streams}"
    ordered = sorted(bump.fixes, key=_most_widely)
    return fold(head, [table(bump, _FIXED, ordered, partial(_fixed, bump), most)])


def _fixed(bump: BumpTicket, fix: Fix) -> tuple[str, ...]:
    known = near_day(fix.known_since, bump.as_of) if fix.known_since else "unknown"
    return *brought(fix), number(fix.streams), known, number(fix.past_due)


def _unknown(bump: BumpTicket, most: int) -> str:
    streams = counted(len(bump.unknown), "stream")
    items = bullets(bump, bump.unknown, _unknown_item, most)
    return fold(f"<b>Not proven yet</b>: {streams}", [items])


def _unknown_item(one: Unknown) -> str:
    return f"{code(one.name.stream)} {name(platform(one.name))}: {prose(one.why, 300)}"


def _introduces(bump: BumpTicket, most: int) -> str:
    head = f"<b>Introduces</b>: {vulnerabilities(bump.introduces)}"
    ordered = sorted(bump.introduces, key=worst)
    return fold(head, [table(bump, BROUGHT, ordered, brought, most)])


def _left(bump: BumpTicket, head: str, found: Sequence[Remaining], most: int) -> str:
    heads = ("vulnerability", "severity", "package", "why")
    rows = table(bump, heads, sorted(found, key=worst), _reasoned, most)
    return fold(f"{head}: {vulnerabilities(found)}", [rows])


def _set_aside(bump: BumpTicket, most: int) -> str:
    heads = ("vulnerability", "severity", "package", "streams:", "why")
    rows = table(bump, heads, sorted(bump.set_aside, key=worst), _aside_row, most)
    return fold(f"<b>Set aside</b>, and not counted: {vulnerabilities(bump.set_aside)}", [rows])


def _aside_row(one: SetAside) -> tuple[str, ...]:
    return *start(one), number(one.streams), prose(one.why, 400)


def _reasoned(one: Remaining) -> tuple[str, ...]:
    return *start(one), prose(one.why, 300)


def _own(bump: BumpTicket, most: int) -> str:
    head = f"<b>Not part of this ticket</b>: your own packages, {vulnerabilities(bump.own)}"
    items = bullets(bump, sorted(bump.own, key=worst), _own_item, most)
    behind = "No base will end these: your own layers bring them."
    if any(one.expected for one in bump.own):
        behind += (
            " What is expected on rebuild they install from the distribution, which has a fix."
        )
    return fold(head, [items, behind] if items else [])


def _own_item(one: OwnFinding) -> str:
    marks = [severity(one)]
    if one.days_past_due:
        marks.append(f"{counted(one.days_past_due, 'day')} past due")
    move = f"{code(one.package)} {name(one.installed)} → {version(one.fixed_version)}"
    streams = ", ".join(code(stream) for stream in one.streams[:_STREAMS])
    others = len(one.streams) - _STREAMS
    rest = f" and {number(others)} more" if others > 0 else ""
    expected = "; expected on rebuild" if one.expected else ""
    return f"{name(one.vulnerability)} ({', '.join(marks)}): {move} in {streams}{rest}{expected}"


def evidence(bump: BumpTicket, most: int) -> str:
    """How watcher knows what the ticket says."""
    items = [prose(one) for one in bump.evidence[:most]]
    shown = bump.bases[-most:] if most else ()
    if shown:
        counts = f", the last {small(most)}" if len(bump.bases) > most else ""
        items.append(f"Bases in use{counts}: {', '.join(_base(bump, base) for base in shown)}.")
    place = link(bump)
    live = f" {place} has the live ones." if place else ""
    items.append(f"Figures as of {minute(bump.as_of)}.{live}")
    return fold("<b>How watcher knows</b>", [bullets(bump, items, str, len(items))])


def _base(bump: BumpTicket, base: BaseInUse) -> str:
    since = f" ({near_day(base.since, bump.as_of)})" if base.since else ""
    return code(base.digest.removeprefix("sha256:")[:12]) + since


def _most_widely(fix: Fix) -> tuple[int, bool, int, str]:
    return rank(fix.severity), not fix.known_exploited, -fix.streams, fix.vulnerability
