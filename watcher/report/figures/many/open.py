"""The open windows of the fleet in columns: filtered, ordered, counted and cut by themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from watcher.domain.package import rank
from watcher.domain.survival.columns import (
    NEVER,
    UNLIMITED,
    Truth,
    Whole,
    all_of,
    among,
    distinct,
    in_order_of,
    paired,
    places,
    whole,
)
from watcher.ports.store.browsing import DueTimes, WindowsFound, WindowsWanted
from watcher.report.figures.many.gathered import Gathered
from watcher.report.figures.many.names import Names
from watcher.report.figures.span import ticks

Some = Collection[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the open windows is asked for, beside what `wanted` says.

    `streams` takes a stream by its whole name and team; None for all. `flaws` are vulnerabilities
    by name, None for all; `said` are those that a text is about, beside those whose name holds it.
    """

    wanted: WindowsWanted
    streams: Callable[[str, str | None], bool] | None = None
    flaws: Some | None = None
    said: Some = ()


@dataclass(frozen=True)
class OpenWindows:
    """A row for each open window, on whatever platform."""

    names: Names
    window: Whole
    stream: Whole
    team: Whole
    flaw: Whole
    severity: Whole
    start: Whole
    due: Whole
    state: Whole

    @classmethod
    def of(cls, found: Gathered) -> OpenWindows:
        """Keep what lasts."""
        lasting: Truth = found.spans.end == NEVER
        spans = found.spans.where(lasting)
        return cls(
            names=found.names,
            window=found.windows[lasting],
            stream=spans.stream,
            team=spans.team,
            flaw=spans.flaw,
            severity=spans.severity,
            start=spans.start,
            due=spans.due,
            state=spans.state,
        )

    def found(self, asked: Asked) -> WindowsFound:
        """Count what is asked for, and give the numbers of the part that is shown."""
        rows = self._rows(asked)
        wanted = asked.wanted
        order = in_order_of([one[rows] for one in self._order(wanted.order)])
        shown = order[wanted.offset : wanted.offset + wanted.at_most]
        return WindowsFound(
            windows=int(rows.sum()),
            exposures=distinct(self._exposures[rows]),
            vulnerabilities=distinct(self.flaw[rows]),
            streams=distinct(self.stream[rows]),
            numbers=tuple(self.window[rows][shown].tolist()),
        )

    def by_stream(self) -> dict[str, int]:
        """How many windows are open in each stream, on all its platforms."""
        found = dict.fromkeys(self.names.streams.names, 0)
        for place in self.stream.tolist():
            found[self.names.streams.names[place]] += 1
        return found

    def _rows(self, asked: Asked) -> Truth:
        rows = all_of(len(self.window))
        for part in self._parts(asked):
            rows &= part
        return rows

    def _parts(self, asked: Asked) -> Iterator[Truth]:
        wanted = asked.wanted
        if asked.streams is not None:
            yield among(self.stream, self._streams(asked.streams))
        if asked.flaws is not None:
            yield among(self.flaw, self._flaws(asked.flaws))
        if wanted.severities:
            yield among(self.severity, map(rank, wanted.severities))
        if wanted.since_before is not None:
            yield self.start < ticks(wanted.since_before)
        if wanted.due is not None:
            yield from self._due(wanted.due)
        if wanted.text:
            yield self._says(wanted.text.lower(), asked.said)

    def _streams(self, takes: Callable[[str, str | None], bool]) -> list[int]:
        names, teams = self.names.streams.names, self.names.teams.names
        team_of = dict(zip(self.stream.tolist(), self.team.tolist(), strict=True))
        return [place for place, team in team_of.items() if takes(names[place], teams[team])]

    def _flaws(self, names: Some) -> list[int]:
        return [place for place, name in enumerate(self.names.flaws.names) if name in names]

    def _says(self, text: str, said: Some) -> Truth:
        streams = self.names.streams.names
        flaws = {p for p, name in enumerate(self.names.flaws.names) if text in name.lower()}
        named = {p for p, name in enumerate(streams) if text in name.lower()}
        found: Truth = among(self.flaw, flaws | set(self._flaws(said))) | among(self.stream, named)
        return found

    def _due(self, due: DueTimes) -> Iterator[Truth]:
        if due.never:
            yield self.state == UNLIMITED
            return
        yield self.due != NEVER
        if due.since is not None:
            yield self.due >= ticks(due.since)
        if due.before is not None:
            yield self.due < ticks(due.before)

    def _order(self, order: str) -> list[Whole]:
        flaw, stream = self._flaw_order[self.flaw], self._stream_order[self.stream]
        orders = {
            "due": [self.due, self.severity, flaw, stream],
            "severity": [self.severity, flaw, self.start, stream],
            "age": [self.start, flaw, stream],
            "stream": [stream, flaw],
        }
        return [*orders.get(order, [-self.start, flaw, stream]), self.window]

    @cached_property
    def _exposures(self) -> Whole:
        """The number of each window's exposure: the same on whatever platform."""
        return places(paired(self.stream, self.flaw, len(self.names.flaws.names) + 1))[1]

    @cached_property
    def _flaw_order(self) -> Whole:
        return _ordered(self.names.flaws.names)

    @cached_property
    def _stream_order(self) -> Whole:
        return _ordered(self.names.streams.names)


def _ordered(names: list[str]) -> Whole:
    """For each name its place among all of them in the order of letters."""
    found = [0] * len(names)
    for place, number in enumerate(sorted(range(len(names)), key=names.__getitem__)):
        found[number] = place
    return whole(found)
