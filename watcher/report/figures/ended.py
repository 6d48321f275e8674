"""What tickets ended: of what was remediated in the period, what one of them had asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher.domain.package import rank
from watcher.domain.ticket import Cause, Line
from watcher.ports.store.bumps import RecordedBump, Remembered
from watcher.report.figures.period import Period
from watcher.report.figures.span import DAY, ticks
from watcher.report.figures.stretch import Stretch


@dataclass(frozen=True, slots=True, order=True)
class _Asked:
    """What a ticket asked of a stream over (filed, until]; `until` None while it does."""

    filed: datetime
    cause: Cause
    until: datetime | None = field(compare=False)
    names: frozenset[str] = field(compare=False)

    def ended(self, name: str, end: datetime) -> bool:
        """Whether it asked to end a vulnerability, before that ended."""
        return name in self.names and self.filed < end and (self.until is None or end <= self.until)


@dataclass(slots=True)
class Ended:
    """Counts remediated stretches for the bump that asked for them first, each of them once."""

    period: Period
    _asked: Mapping[str, list[_Asked]]  # by stream, the first that was filed first
    _windows: Counter[Cause] = field(default_factory=Counter)
    _spared: Counter[Cause] = field(default_factory=Counter)  # in ticks

    @classmethod
    def by(cls, bumps: Iterable[RecordedBump], period: Period) -> Ended:
        """What the tickets of bumps asked for; nothing is counted yet."""
        asked: dict[str, list[_Asked]] = defaultdict(list)
        for bump in bumps:
            for ticket in bump.tickets:
                for stream, one in _asked_of(ticket, bump):
                    asked[stream].append(one)
        return cls(period, {stream: sorted(found) for stream, found in asked.items()})

    def counting(self, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        """The same stretches, platforms united, counted on their way."""
        for one in stretches:
            if one.end is not None and one.cause == "remediated":
                self.take(one.stream, one.vulnerability, one.end)
            yield one

    @property
    def streams(self) -> Collection[str]:
        """The streams that anything was asked of."""
        return self._asked.keys()

    def take(self, stream: str, vulnerability: str, end: datetime) -> None:
        """Count in a stretch that was remediated at a time."""
        cause = self._whose(stream, vulnerability, end)
        if cause is not None:
            self._windows[cause] += 1
            self._spared[cause] += self._since(end)

    def whose(self, stretch: Stretch) -> Cause | None:
        """The bump that ended a stretch in the period; None where none did."""
        end = stretch.end
        if end is None or stretch.cause != "remediated":
            return None
        return self._whose(stretch.stream, stretch.vulnerability, end)

    def spared(self, stretch: Stretch) -> int:
        """The ticks of exposure that did not come to pass since a stretch ended."""
        return 0 if stretch.end is None else self._since(stretch.end)

    def windows(self, cause: Cause) -> int:
        """How many stretches a bump ended."""
        return self._windows[cause]

    def days(self, cause: Cause) -> float:
        """How many exposure-days that spared until now."""
        return self._spared[cause] / DAY

    def _whose(self, stream: str, vulnerability: str, end: datetime) -> Cause | None:
        if not self.period.since < end <= self.period.as_of:
            return None
        asked = self._asked.get(stream, ())
        return next((one.cause for one in asked if one.ended(vulnerability, end)), None)

    def _since(self, end: datetime) -> int:
        return ticks(self.period.as_of) - ticks(end)


def _asked_of(ticket: Remembered, bump: RecordedBump) -> Iterator[tuple[str, _Asked]]:
    """What a ticket asked of each of its streams, at or above its threshold."""
    if ticket.filed_at is None:
        return
    worst = rank(bump.plan.threshold)
    names = frozenset(one for one, rated in ticket.listed.items() if rank(rated.severity) <= worst)
    # What a person closed may be done all the same; what evidence closed was done by then.
    closed = ticket.closed_at if ticket.closed_by == "watcher" else None
    lines: dict[str, list[Line]] = defaultdict(list)
    for line in ticket.lines:
        lines[line.name.stream].append(line)
    for stream, theirs in lines.items():
        until = min((one for one in (closed, _left(theirs)) if one), default=None)
        yield stream, _Asked(ticket.filed_at, ticket.key.cause, until, names)


def _left(lines: Iterable[Line]) -> datetime | None:
    """When a stream became another team's, and its ticket's; None where it did not."""
    done = [line.done for line in lines]
    left = [one.at for one in done if one is not None and one.because == "moved"]
    return max(left) if len(left) == len(done) else None
