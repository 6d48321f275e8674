"""What bumps ended and what they would still end: a row for each team and base."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.domain.ticket import Line, LineName, moved, streams
from watcher.ports.store.bumps import RecordedBump, Remembered
from watcher.report.figures.ended import Ended
from watcher.report.figures.estimates import Document
from watcher.report.figures.period import Period
from watcher.report.times import stamp

_WEEK = 7  # days


def rows(
    bumps: Iterable[RecordedBump],
    ended: Ended,
    avoidable: Callable[[str, str], float] = lambda _team, _base: 0.0,
) -> list[Document]:
    """The bumps of a period: what stands planned, and tickets open or closed in it.

    Those that ended most exposure-days come first, then those that would end most. `ended` has
    counted what each of them ended; `avoidable` gives the exposure-days that a team's streams on a
    base had after the base was without it.
    """
    found = (Progress.of(bump, ended.period) for bump in bumps)
    ranked = sorted((one for one in found if one), key=lambda one: one.rank(ended))
    return [one.written(ended, avoidable) for one in ranked]


@dataclass(frozen=True, slots=True)
class Progress:
    """A bump with its tickets of the period, and the lines of the newest one and of the plan."""

    bump: RecordedBump
    tickets: Sequence[Remembered]
    lines: Sequence[Line]

    @classmethod
    def of(cls, bump: RecordedBump, period: Period) -> Progress | None:
        """Gather what concerns the period; None where nothing does."""
        tickets = [one for one in bump.tickets if _concerns(one, bump, period.since)]
        if not tickets and not bump.stands:
            return None
        lines: dict[LineName, Line] = {
            line.name: line for one in tickets[-1:] for line in one.lines
        }
        if bump.stands and not _is_next(bump, tickets):
            lines.update((line.name, line) for line in bump.plan.lines)
        if bump.stands and _is_next(bump, tickets):
            lines = {line.name: line for line in bump.plan.lines}
        if not lines:  # nothing can be told of it yet
            return None
        return cls(bump, tickets, list(lines.values()))

    def rank(self, ended: Ended) -> tuple[float, int, str, str]:
        """Where it stands among the others."""
        cause = self.bump.plan.cause
        return -ended.days(cause), -self.windows_left, cause.team, cause.lineage

    @property
    def windows_left(self) -> int:
        """Exposures at or above the threshold that the plan proves it would end."""
        return self.bump.plan.exposures if self.bump.stands else 0

    @property
    def ticket(self) -> Remembered | None:
        """The newest ticket; none where that was closed by evidence and there is more to do."""
        newest = self.tickets[-1] if self.tickets else None
        ended = newest is not None and newest.closed_by == "watcher"
        return None if ended and self.state == "open" else newest

    @property
    def state(self) -> str:
        """Open, waiting, done or dismissed."""
        closed_by = self.tickets[-1].closed_by if self.tickets else None
        if closed_by == "person":
            return "dismissed"
        if self.bump.stands:
            waiting = self.bump.plan.state == "waiting"
            left = "waiting" if waiting else "open"
            return "done" if all(line.done for line in self.bump.plan.lines) else left
        return "done" if closed_by else "open"

    def written(self, ended: Ended, avoidable: Callable[[str, str], float]) -> Document:
        """The row."""
        plan, ticket = self.bump.plan, self.ticket
        return {
            "key": f"{plan.cause.team}:{plan.cause.lineage}",
            "team": plan.cause.team,
            "base": plan.base_name,
            "target": {
                "name": plan.target.reference,
                "digest": plan.target.digest,
                "since": stamp(plan.target.since),
            },
            "streams": len(streams(self.lines)),
            "moved": len(moved(self.lines)),
            "ended": {
                "windows": ended.windows(plan.cause),
                "exposure_days": ended.days(plan.cause),
            },
            "left": {
                "windows": self.windows_left,
                "exposure_days_per_week": float(self.windows_left * _WEEK),
            },
            "avoidable_exposure_days": avoidable(plan.cause.team, plan.cause.lineage),
            "state": self.state,
            "ticket": _ticket(ticket) if ticket else None,
        }


def _is_next(bump: RecordedBump, tickets: Sequence[Remembered]) -> bool:
    """Whether the plan that stands is the next ticket's: the newest one was closed by evidence."""
    newest = tickets[-1] if tickets else None
    done = all(line.done for line in bump.plan.lines)
    return newest is not None and newest.closed_by == "watcher" and not done


def _concerns(ticket: Remembered, bump: RecordedBump, since: datetime) -> bool:
    """Whether a ticket was open or closed in the period, or is what dismisses the plan."""
    if ticket.closed_at is None or ticket.closed_at > since:
        return True
    return bump.stands and ticket.closed_by == "person" and ticket is bump.tickets[-1]


def _ticket(one: Remembered) -> Document:
    return {"tracker": one.tracker, "id": one.ticket, "url": one.url}
