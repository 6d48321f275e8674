"""What a ticket keeps folded: lines done, every vulnerability, and how watcher knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from watcher.domain.package import rank
from watcher.domain.ticket import BaseInUse, BumpTicket, Done, Fix, Line, OwnFinding, Remaining
from watcher.report.ticket.neutral import code, name, prose
from watcher.report.ticket.rows import Most, bullets, fold, link, table
from watcher.report.ticket.words import (
    counted,
    listed,
    minute,
    near_day,
    number,
    platform,
    small,
    total,
)

_BECAUSE: Final = {
    "remediated": "",
    "withdrawn": ", the database names it no more",
    "retired": ", the stream is retired",
    "moved": ", another team's now",
    "out_of_scope": ", out of scope now",
}

_FIXED: Final = (
    *("vulnerability", "severity", "package", "fixed in"),
    *("streams:", "known since", "past due:"),
)
_STREAMS: Final = 10  # named for each of the images' own vulnerabilities


def blocks(bump: BumpTicket, most: Most) -> Iterator[str]:
    """The folds, in the order of reading."""
    yield _done(bump, most.folded)
    yield _fixes(bump, most.folded)
    yield _left(bump, "<b>Remains</b> after the bump", bump.remains, most.folded)
    yield _introduces(bump, most.folded)
    yield _left(bump, "<b>Unproven</b>, and not counted", bump.unproven, most.folded)
    yield _own(bump, most.folded)
    yield _evidence(bump, most.folded)


def _done(bump: BumpTicket, most: int) -> str:
    lines = [(line.done, line) for line in bump.lines if line.done is not None]
    lines.sort(key=lambda pair: (pair[0].at, pair[1].name))
    ended = sum(total(line.ended, bump.severe) for _, line in lines)
    words = listed([one.lower() for one in bump.severe])
    exposures = "exposure" if ended == 1 else "exposures"
    head = f"<b>Done, {number(len(lines))}</b>: {number(ended)} {words} {exposures} ended so far"
    return fold(head, [bullets(bump, lines, partial(_ticked, bump), most)])


def _ticked(bump: BumpTicket, done_line: tuple[Done, Line]) -> str:
    done, line = done_line
    where = f"{code(line.name.stream)} {name(platform(line.name))}"
    return f"[x] {where}: {near_day(done.at, bump.as_of)}{_BECAUSE[done.because]}"


def _fixes(bump: BumpTicket, most: int) -> str:
    exposures = counted(sum(fix.streams for fix in bump.fixes), "exposure")
    streams = counted(sum(line.done is None for line in bump.lines), "stream")
    head = f"<b>Fixes</b>: {_vulnerabilities(bump.fixes)}, {exposures} in {streams}"
    ordered = sorted(bump.fixes, key=_most_widely)
    return fold(head, [table(bump, _FIXED, ordered, partial(_fixed, bump), most)])


def _fixed(bump: BumpTicket, fix: Fix) -> tuple[str, ...]:
    known = near_day(fix.known_since, bump.as_of) if fix.known_since else "unknown"
    return *_brought(fix), number(fix.streams), known, number(fix.past_due)


def _introduces(bump: BumpTicket, most: int) -> str:
    head = f"<b>Introduces</b>: {_vulnerabilities(bump.introduces)}"
    ordered = sorted(bump.introduces, key=_worst)
    return fold(head, [table(bump, _FIXED[:4], ordered, _brought, most)])


def _brought(fix: Fix) -> tuple[str, ...]:
    return *_start(fix), _version(fix.fixed_version)


def _left(bump: BumpTicket, head: str, found: Sequence[Remaining], most: int) -> str:
    heads = ("vulnerability", "severity", "package", "why")
    rows = table(bump, heads, sorted(found, key=_worst), _reasoned, most)
    return fold(f"{head}: {_vulnerabilities(found)}", [rows])


def _reasoned(one: Remaining) -> tuple[str, ...]:
    return *_start(one), prose(one.why, 300)


def _own(bump: BumpTicket, most: int) -> str:
    head = f"<b>Not part of this ticket</b>: your own packages, {_vulnerabilities(bump.own)}"
    items = bullets(bump, sorted(bump.own, key=_worst), _own_item, most)
    return fold(
        head, [items, "No base will end these: your own layers bring them."] if items else []
    )


def _own_item(one: OwnFinding) -> str:
    marks = [_severity(one)]
    if one.days_past_due:
        marks.append(f"{counted(one.days_past_due, 'day')} past due")
    move = f"{code(one.package)} {name(one.installed)} → {_version(one.fixed_version)}"
    streams = ", ".join(code(stream) for stream in one.streams[:_STREAMS])
    others = len(one.streams) - _STREAMS
    rest = f" and {number(others)} more" if others > 0 else ""
    return f"{name(one.vulnerability)} ({', '.join(marks)}): {move} in {streams}{rest}"


def _evidence(bump: BumpTicket, most: int) -> str:
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


def _vulnerabilities(found: Sequence[Fix] | Sequence[Remaining] | Sequence[OwnFinding]) -> str:
    return counted(len({one.vulnerability for one in found}), "vulnerability", "vulnerabilities")


def _start(one: Fix | Remaining) -> tuple[str, str, str]:
    return name(one.vulnerability), _severity(one), name(one.package)


def _severity(one: Fix | Remaining | OwnFinding) -> str:
    exploited = ", KEV" if getattr(one, "known_exploited", False) else ""
    return f"{one.severity.lower()}{exploited}"


def _version(version: str) -> str:
    return name(version) if version else "no fix"


def _most_widely(fix: Fix) -> tuple[int, bool, int, str]:
    return rank(fix.severity), not fix.known_exploited, -fix.streams, fix.vulnerability


def _worst(one: Fix | Remaining | OwnFinding) -> tuple[int, str]:
    return rank(one.severity), one.vulnerability
