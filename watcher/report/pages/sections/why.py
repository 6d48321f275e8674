"""Why exposure-days moved, in one sentence of sums: teams, bumps, and what took no work.

It adds up and compares, and never guesses at a cause.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from watcher.report.pages.sections.shape import Change, Report, TeamMoved
from watcher.report.pages.sections.watch import Watch
from watcher.report.pages.wording import by_cause, count, counted, days, signed, whole_days

_NAMED = 2  # teams that moved with the whole
_HOLDS = 1 / 3  # of what is past due, from which a team is named
Tone = Literal["plain", "loud", "quiet", "name"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of the sentence; a `name` comes from outside."""

    text: str
    tone: Tone = "plain"


def why(report: Report, watch: Watch) -> list[Phrase]:
    """Put the sentence together; empty where nothing was ever detected."""
    change = report.get("change")
    if change is None or report["first_detected"] is None:
        return []
    return [*_moved(change, watch), *_bumps(report), *_past_due(report), *_without_work(report)]


def _moved(change: Change, watch: Watch) -> Iterator[Phrase]:
    now, before = change["exposure_days"]["now"], change["exposure_days"]["before"]
    if now is None:
        yield Phrase("Nothing was detected before the period's end, so no exposure was observed.")
        return
    if before is None or not watch.comparable:
        yield Phrase("Exposure-days of all severities were ")
        yield Phrase(_whole(now), "loud")
        yield Phrase(_incomparable(before, watch))
        return
    by = now - before
    shown = round(now) - round(before)  # of what is printed, so that it can be checked
    if not shown:
        yield Phrase(f"Exposure-days of all severities stayed at {_whole(now)}")
    else:
        yield Phrase(f"Exposure-days of all severities {'rose' if shown > 0 else 'fell'} by ")
        yield Phrase(count(abs(shown)), "loud")
        yield Phrase(f", from {_whole(before)} to {_whole(now)}")
    yield from _teams(change["by_team"], by)
    yield Phrase(".")


def _incomparable(before: float | None, watch: Watch) -> str:
    if watch.before is None or before is None or not watch.known_before:
        return "; there is no watched period before to compare them with."
    seen, whole = whole_days(watch.before.watched), whole_days(watch.before.days)
    return f". Of the period before only {seen} of {whole} days were watched, so it is no measure."


def _teams(rows: Sequence[TeamMoved], by: float) -> Iterator[Phrase]:
    """The teams that moved furthest with the whole, and the one furthest against it."""
    moved = sorted(
        ((row["team"], (row["now"] or 0.0) - (row["before"] or 0.0)) for row in rows),
        key=lambda pair: -abs(pair[1]),
    )
    moved = [(team, change) for team, change in moved if round(change)]
    if len(rows) < 2 or not moved:  # noqa: PLR2004 one team is the whole
        return
    along = [one for one in moved if one[1] * by > 0][:_NAMED]
    against = [one for one in moved if one[1] * by <= 0][:1]
    for number, (team, change) in enumerate([*along, *against]):
        yield Phrase(": " if not number else "; against that, " if number >= len(along) else ", ")
        yield Phrase(team, "name")
        yield Phrase(f" {signed(change)}")


def _bumps(report: Report) -> Iterator[Phrase]:
    bumps, remediated = report.get("bumps", []), report["episodes"]["by_cause"].get("remediated", 0)
    ended = [one for one in bumps if one["ended"]["windows"]]
    left = sum(one["left"]["windows"] for one in bumps)
    if ended:
        windows = sum(one["ended"]["windows"] for one in ended)
        spared = sum(one["ended"]["exposure_days"] for one in ended)
        yield Phrase(f" {counted(len(ended), 'base bump')} ended ")
        yield Phrase(count(windows), "loud")
        yield Phrase(f" of {count(remediated)} remediated exposures and spared ")
        yield Phrase(counted(round(spared), "exposure-day"), "loud")
    if left:
        yield Phrase("; " if ended else " Base bumps would end ")
        yield Phrase(count(left) if ended else counted(left, "exposure"), "loud")
        yield Phrase(" wait for streams that have not moved" if ended else "")
    if ended or left:
        yield Phrase(".")


def _past_due(report: Report) -> Iterator[Phrase]:
    rows = report["teams"]
    total = sum(row["past_due"] for row in rows)
    most = max(rows, key=lambda row: row["past_due"], default=None)
    if most is None or not total or len(rows) < 2:  # noqa: PLR2004 one team holds all
        return
    if most["past_due"] >= total * _HOLDS:
        yield Phrase(" Of ")
        yield Phrase(count(total), "loud")
        yield Phrase(" past due in all severities, ")
        yield Phrase(count(most["past_due"]), "loud")
        yield Phrase(" are with ")
        yield Phrase(most["team"], "name")
        yield Phrase(".")


def _without_work(report: Report) -> Iterator[Phrase]:
    causes = report["change"]["without_work"]
    number, closed = sum(causes.values()), report["episodes"]["closed"]
    if number:
        told = f"{count(number)} of {counted(closed, 'closure')} took no work"
        yield Phrase(f" {told}: {by_cause(causes.items())}.", "quiet")


def _whole(number: float) -> str:
    return count(number) if abs(number) >= 1 else days(number)
