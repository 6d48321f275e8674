"""The text of a ticket whose every line is done: what it ended, since when, how that is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from watcher.domain.ticket import BumpTicket, Fix
from watcher.domain.ticket.bump import Because
from watcher.report.ticket.cells import vulnerabilities
from watcher.report.ticket.ended import done_lines, listed_before
from watcher.report.ticket.neutral import prose
from watcher.report.ticket.rows import Most, bullets, fold
from watcher.report.ticket.words import YOURS, counted, day, listed, minute, number, total

_EVIDENCE: Final[Mapping[Because, str]] = {
    "remediated": "{} ended by a newer image",
    "withdrawn": "{} withdrawn by the database",
    "excused": "{} excused by VEX",
    "accepted": "{} accepted as a risk",
    "retired": "{} retired",
    "moved": "{} another team's now",
    "out_of_scope": "{} out of scope now",
}


def blocks(bump: BumpTicket, most: Most) -> dict[str, str]:
    """The blocks by their names, in the order of reading."""
    ended = _ended(bump)
    return {
        "lead": _lead(bump, ended),
        "done": _done(bump, ended, most.folded),
        "fixes": listed_before(bump, "<b>Ended</b>", ended, most.folded),
        "evidence": _known(bump, most.folded),
        "rule": "---",
        "footer": (
            "Closed by this evidence. It opens again if one of these vulnerabilities returns "
            "within 30 days; later there is a new ticket. " + YOURS
        ),
    }


def _ended(bump: BumpTicket) -> list[Fix]:
    """All that the ticket listed; what it would still fix is in none of its lines."""
    names = {one.vulnerability for one in bump.listed}
    left = (fix for fix in bump.fixes if fix.severity in bump.severe)
    return [*bump.listed, *(fix for fix in left if fix.vulnerability not in names)]


def _lead(bump: BumpTicket, ended: Sequence[Fix]) -> str:
    done = [line.done for line in bump.lines if line.done is not None]
    since = day(max(one.at for one in done))
    words = listed([one.lower() for one in bump.severe if one in {fix.severity for fix in ended}])
    # The severities are our own words, so they may stand inside of the count.
    what = vulnerabilities(ended).replace(" ", f" {words} ", 1) if ended else ""
    said = f"listed, {what}," if ended else "was filed for"
    streams = "its stream" if len(done) == 1 else f"its {counted(len(done), 'stream')}"
    counts = Counter(one.because for one in done)
    how = ", ".join(
        text.format(number(counts[why])) for why, text in _EVIDENCE.items() if why in counts
    )
    return (
        f"**Done since {since}**: nothing is left to do of what it {said} in {streams} ({how}), "
        f"by matching with {prose(bump.scanner, 100)} and the database of "
        f"{minute(bump.database_time)}."
    )


def _done(bump: BumpTicket, ended: Sequence[Fix], most: int) -> str:
    """The lines, with what ended in them before they were last to do: the two numbers agree.

    A line has one exposure of each vulnerability. Of several lines nobody remembers which had what.
    """
    every = len({fix.vulnerability for fix in ended})
    missing = every - sum(total(line.ended, bump.severe) for line in bump.lines)
    if missing <= 0:
        return done_lines(bump, most)
    if len(bump.lines) == 1:
        return done_lines(bump, most, earlier=missing)
    behind = (
        f"What streams had of the {vulnerabilities(ended)} listed and lost before their last move "
        "is not counted."
    )
    return done_lines(bump, most, behind=behind)


def _known(bump: BumpTicket, most: int) -> str:
    items = [*map(prose, bump.evidence[:most]), f"Figures as of {minute(bump.as_of)}."]
    return fold("<b>How watcher knows</b>", [bullets(bump, items, str, len(items))])
