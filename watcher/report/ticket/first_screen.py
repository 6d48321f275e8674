"""What a ticket shows unfolded: what to change, why, what that ends, and for which streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from watcher.domain.package import SEVERITIES, rank
from watcher.domain.ticket import BumpTicket, Fix, Line, Remaining
from watcher.report.ticket.cells import severity
from watcher.report.ticket.neutral import code, fenced, name, prose
from watcher.report.ticket.rows import Most, bullets, table
from watcher.report.ticket.words import (
    counted,
    day,
    listed,
    minute,
    near_day,
    number,
    platform,
    small,
)

_WORST: Final = 3
# What a second-class move is, in our own words.
_SECOND_CLASS: Final = {
    "system": "the tag's suffix names another release of the system below. Test it as such.",
    "date": "the tag is a date, and says nothing of what has changed.",
    "build": "the tag is a later build, and its suffix is all that tells.",
    "prefix": "the new tag is written without the `v`, or with it, unlike the old one.",
}


def blocks(bump: BumpTicket, most: Most) -> dict[str, str]:
    """The blocks by their names, in the order of reading."""
    to_do = [line for line in bump.lines if line.done is None]
    proven = bool(bump.fixes or bump.introduces)
    lines = bullets(bump, _worst_first(bump, to_do), partial(_line, bump), most.to_do)
    return {
        "lead": _lead(bump, len(to_do)),
        "newest": _newest(bump),
        "change": _from(bump),
        "advice": _advice(bump),
        "warnings": "\n\n".join(_warnings(bump)),
        "why": _why(bump),
        "worst": _worst(bump),
        "counts": _counts(bump) if proven else "",
        "proof": _proof(bump) if proven else "",
        "ticking": _ticking(bump),
        "to_do": f"{_head(bump, len(to_do))}\n\n{lines}" if to_do else "",
    }


def _ticking(bump: BumpTicket) -> str:
    where = "Fixes" if any(fix.severity in bump.severe for fix in bump.fixes) else "Listed before"
    return (
        f"### Streams\n\nwatcher ticks a stream when none of the {_severe(bump)} vulnerabilities "
        f"listed under {where} is left in its newest image; ticking by hand changes nothing."
    )


def _warnings(bump: BumpTicket) -> Iterator[str]:
    """What is not as usual about the move."""
    if bump.move in _SECOND_CLASS:
        yield f"**Second class**: {_SECOND_CLASS[bump.move]}"
    if bump.base_system:
        and_target = (
            " The new base's is at its end as well."
            if bump.target_system
            else " The new base's is maintained."
        )
        yield (
            f"**End of life**: {code(bump.base_system)}, the system of the base, gets no fixes any "
            f"more.{and_target}"
        )
    if bump.beneath:
        count, verb = counted(bump.beneath, "stream"), "waits" if bump.beneath == 1 else "wait"
        yield f"{count} of images built on these {verb} for this."


def _worst(bump: BumpTicket) -> str:
    """The worst that end: what is known to be exploited before anything else."""
    severe = [fix for fix in bump.fixes if fix.severity in bump.severe]
    if not severe:
        return ""
    ordered = sorted(
        severe,
        key=lambda fix: (
            not fix.known_exploited,
            rank(fix.severity),
            -fix.past_due,
            -fix.streams,
            fix.vulnerability,
        ),
    )
    shown = [_named(fix) for fix in ordered[:_WORST]]
    return f"The worst: {listed(shown)}."


def _named(fix: Fix) -> str:
    package = f" in {name(fix.package)}" if fix.package else ""
    return f"{name(fix.vulnerability)} ({severity(fix)}){package}"


def _lead(bump: BumpTicket, to_do: int) -> str:
    base, streams = code(bump.base_name), counted(to_do, "stream")
    if bump.action == "version":
        return f"**Move {streams} from {base} to {code(bump.target_name)}.**"
    same = " Same tag, newer packages." if bump.base_reference == bump.target.reference else ""
    if bump.action == "pin":
        return f"**Pin the new {base} in {streams}.**{same}"
    return f"**Rebuild {streams} on the new {base}.**{same}"


def _newest(bump: BumpTicket) -> str:
    """Say so where the base that is asked for is not the newest any more."""
    if bump.newest_unknown is None:
        return ""
    return (
        f"**Newest base unknown**: {prose(bump.newest_unknown)} could not be catalogued yet. What "
        "is asked for and proven here is the base before it."
    )


def _from(bump: BumpTicket) -> str:
    before = bump.base_reference + (f"@{bump.bases[-1].digest}" if bump.bases else "")
    after = f"{bump.target.reference}@{bump.target.digest}"
    return f"```diff\n-FROM {fenced(before)}\n+FROM {fenced(after)}\n```"


def _advice(bump: BumpTicket) -> str:
    if bump.action == "pin":
        return ""
    if bump.action == "version":
        return "No digest in your `FROM`? Then the new tag alone will do."
    return "No digest in your `FROM`? Then nothing to edit: rebuild with `--pull`."


def _why(bump: BumpTicket) -> str:
    severe = [fix for fix in bump.fixes if fix.severity in bump.severe]
    out = f"The new base has been out since {day(bump.target.since)}" if bump.target.since else ""
    done = sum(line.done is not None for line in bump.lines)
    share = f"{number(done)} of your {counted(len(bump.lines), 'stream')} {_are(done)} done"
    since = "; ".join(filter(None, (out, share if done else "")))
    if not severe:
        return f"{since[:1].upper()}{since[1:]}." if since else ""
    count = sum(fix.streams for fix in severe)
    words = listed([one.lower() for one in bump.severe if one in {fix.severity for fix in severe}])
    ended = f"Ends **{number(count)}** {words} {'exposure' if count == 1 else 'exposures'}"
    week = counted(bump.exposure_days_per_week, "exposure-day")
    said = f"**Why.** {ended} ({', '.join(_marks(bump, severe, count))}): **{week} a week**."
    return f"{said} {since[:1].upper()}{since[1:]}." if since else said


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _marks(bump: BumpTicket, severe: Sequence[Fix], count: int) -> Iterator[str]:
    """What makes these exposures urgent."""
    yield counted(len({fix.vulnerability for fix in severe}), "vulnerability", "vulnerabilities")
    exploited = len({fix.vulnerability for fix in severe if fix.known_exploited})
    if exploited:
        yield f"**{small(exploited)} known to be exploited**"
    past_due = sum(fix.past_due for fix in severe)
    if past_due:
        some = f"{number(past_due)} of {number(count)}"
        yield "all past due" if past_due == count else f"{some} past due"
    elif bump.next_due is not None:
        yield f"the first due on {day(bump.next_due)}"
    yield f"the oldest open for {counted(bump.oldest_days, 'day')}"


def _counts(bump: BumpTicket) -> str:
    """How many vulnerabilities of which severity are fixed, remain and come."""
    rows: tuple[tuple[str, Sequence[Fix | Remaining]], ...] = (
        ("**fixes**, vulnerabilities", bump.fixes),
        ("**remains**", bump.remains),
        ("**introduces**", bump.introduces),
    )
    counts = [
        [len({one.vulnerability for one in found if one.severity == each}) for each in SEVERITIES]
        for _, found in rows
    ]
    shown = len(SEVERITIES) - (not any(row[-1] for row in counts))
    heads = [" ", *(f"{one.lower()}:" for one in SEVERITIES[:shown])]
    cells = [[head, *map(number, row[:shown])] for (head, _), row in zip(rows, counts, strict=True)]
    return table(bump, heads, cells, list, len(rows))


def _proof(bump: BumpTicket) -> str:
    said = (
        "Exact, not estimated: in each image the packages of its old base were exchanged for those "
        f"of the new one and matched by {prose(bump.scanner, 100)} with the database of "
        f"{minute(bump.database_time)}."
    )
    left = len({(one.vulnerability, one.package) for one in bump.unproven})
    aside = len({one.vulnerability for one in bump.set_aside})
    parts: list[str] = []
    if left:
        parts.append(f"{counted(left, 'finding')} that this does not prove")
    if aside:
        count = counted(aside, "vulnerability", "vulnerabilities")
        parts.append(f"{count} set aside by VEX or as accepted risks")
    return f"{said} Not counted: {listed(parts)}, see below." if parts else said


def _head(bump: BumpTicket, to_do: int) -> str:
    ended = " + ".join(one.lower() for one in bump.severe)
    return f"**To do, {number(to_do)}** (exposures ended: {ended})"


def _worst_first(bump: BumpTicket, lines: Sequence[Line]) -> list[Line]:
    def rank(line: Line) -> tuple[object, ...]:
        return (*(-line.ended.get(one, 0) for one in bump.severe), line.name)

    return sorted(lines, key=rank)


def _line(bump: BumpTicket, line: Line) -> str:
    ended = " + ".join(number(line.ended.get(one, 0)) for one in bump.severe)
    base = ""
    if line.on_base_since is not None:
        base = f", on the base of {near_day(line.on_base_since, bump.as_of)}"
    return f"[ ] {code(line.name.stream)} {name(platform(line.name))}: {ended}{base}"


def _severe(bump: BumpTicket) -> str:
    return listed([one.lower() for one in bump.severe])
