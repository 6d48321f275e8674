"""What of a ticket has ended: lines that are done, and vulnerabilities that it listed before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from watcher.domain.ticket import BumpTicket, Done, Fix, Line
from watcher.report.ticket.cells import BROUGHT, brought, vulnerabilities, worst
from watcher.report.ticket.neutral import code, name
from watcher.report.ticket.rows import bullets, fold, table
from watcher.report.ticket.words import listed, near_day, number, platform, total

_BECAUSE: Final = {
    "remediated": "",
    "withdrawn": ", the database names it no more",
    "excused": ", VEX says it is not affected",
    "accepted": ", the risk is accepted",
    "retired": ", the stream is retired",
    "moved": ", another team's now",
    "out_of_scope": ", out of scope now",
}


def done_lines(bump: BumpTicket, most: int, earlier: int = 0, behind: str = "") -> str:
    """The lines that are done: when, by what evidence, and a sentence behind them.

    A line counts what it had when it was last to do; `earlier` is what had ended before that.
    """
    lines = [(line.done, line) for line in bump.lines if line.done is not None]
    lines.sort(key=lambda pair: (pair[0].at, pair[1].name))
    count = earlier + sum(total(line.ended, bump.severe) for _, line in lines)
    words = listed([one.lower() for one in bump.severe])
    exposures = "exposure" if count == 1 else "exposures"
    so_far = "" if bump.done else " so far"
    before = f", {number(earlier)} of them before its last move" if earlier else ""
    head = (
        f"<b>Done, {number(len(lines))}</b>: {number(count)} {words} {exposures} ended{so_far}"
        f"{before}"
    )
    shown = bullets(bump, lines, partial(_ticked, bump), most)
    return fold(head, [shown, behind] if shown else [])


def _ticked(bump: BumpTicket, done_line: tuple[Done, Line]) -> str:
    done, line = done_line
    where = f"{code(line.name.stream)} {name(platform(line.name))}"
    return f"[x] {where}: {near_day(done.at, bump.as_of)}{_BECAUSE[done.because]}"


def listed_before(
    bump: BumpTicket, head: str, found: Sequence[Fix], most: int, behind: str = ""
) -> str:
    """What the ticket listed and the move does not fix now, and a sentence behind it."""
    rows = table(bump, BROUGHT, sorted(found, key=worst), brought, most)
    return fold(f"{head}: {vulnerabilities(found)}", [rows, behind] if rows else [])
