"""What a ticket keeps folded: lines done, every vulnerability, and how watcher knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from watcher.domain.package import rank
from watcher.domain.ticket import BumpTicket, Done, Fix, Line, OwnFinding, Remaining
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
    return fold(head, [bullets(bump, [_ticked(bump, *pair) for pair in lines], most)])


def _ticked(bump: BumpTicket, done: Done, line: Line) -> str:
    where = f"{code(line.name.stream)} {name(platform(line.name))}"
    return f"[x] {where}: {near_day(done.at, bump.as_of)}{_BECAUSE[done.because]}"


def _fixes(bump: BumpTicket, most: int) -> str:
    exposures = counted(sum(fix.streams for fix in bump.fixes), "exposure")
    streams = counted(sum(line.done is None for line in bump.lines), "stream")
    head = f"<b>Fixes</b>: {_vulnerabilities(bump.fixes)}, {exposures} in {streams}"
    heads = (
        *("vulnerability", "severity", "package", "fixed in"),
        *("streams:", "known since", "past due:"),
    )
    rows = [
        (
            *_start(fix),
            _version(fix.fixed_version),
            number(fix.streams),
            near_day(fix.known_since, bump.as_of) if fix.known_since else "unknown",
            number(fix.past_due),
        )
        for fix in sorted(bump.fixes, key=_most_widely)
    ]
    return fold(head, [table(bump, heads, rows, most)] if rows else [])


def _introduces(bump: BumpTicket, most: int) -> str:
    head = f"<b>Introduces</b>: {_vulnerabilities(bump.introduces)}"
    rows = [
        (*_start(fix), _version(fix.fixed_version)) for fix in sorted(bump.introduces, key=_worst)
    ]
    heads = ("vulnerability", "severity", "package", "fixed in")
    return fold(head, [table(bump, heads, rows, most)] if rows else [])


def _left(bump: BumpTicket, head: str, found: Sequence[Remaining], most: int) -> str:
    rows = [(*_start(one), prose(one.why, 300)) for one in sorted(found, key=_worst)]
    heads = ("vulnerability", "severity", "package", "why")
    shown = [table(bump, heads, rows, most)] if rows else []
    return fold(f"{head}: {_vulnerabilities(found)}", shown)


def _own(bump: BumpTicket, most: int) -> str:
    head = f"<b>Not part of this ticket</b>: your own packages, {_vulnerabilities(bump.own)}"
    items = [_own_item(one) for one in sorted(bump.own, key=_worst)]
    if not items:
        return ""
    return fold(
        head, [bullets(bump, items, most), "No base will end these: your own layers bring them."]
    )


def _own_item(one: OwnFinding) -> str:
    marks = [_severity(one)]
    if one.days_past_due:
        marks.append(f"{counted(one.days_past_due, 'day')} past due")
    move = f"{code(one.package)} {name(one.installed)} → {_version(one.fixed_version)}"
    streams = ", ".join(code(stream) for stream in one.streams[:10])
    others = f" and {counted(len(one.streams) - 10, 'more', 'more')}" if one.streams[10:] else ""
    return f"{name(one.vulnerability)} ({', '.join(marks)}): {move} in {streams}{others}"


def _evidence(bump: BumpTicket, most: int) -> str:
    bases = ", ".join(
        code(base.digest.removeprefix("sha256:")[:12])
        + (f" ({near_day(base.since, bump.as_of)})" if base.since else "")
        for base in bump.bases[-most:]
    )
    items = [prose(one) for one in bump.evidence[:most]]
    if bases and most:
        counts = f", the last {small(most)}" if len(bump.bases) > most else ""
        items.append(f"Bases in use{counts}: {bases}.")
    place = link(bump)
    live = f" {place} has the live ones." if place else ""
    items.append(f"Figures as of {minute(bump.as_of)}.{live}")
    return fold("<b>How watcher knows</b>", [bullets(bump, items, len(items))])


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
