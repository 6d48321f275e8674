"""What a report is drawn from, from the ledger's columns: all stretches at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from watcher.domain.acceptance import Acceptance
from watcher.domain.acceptance import accepted as longest
from watcher.ports.store.bumps import RecordedBump
from watcher.ports.store.columns import (
    Assessed,
    BeneathColumns,
    LedgerColumns,
    NamedFlaw,
    NamedStream,
    Pair,
)
from watcher.ports.store.exposures import ReadWindow, WindowFilter
from watcher.reading.memory import A_PASS
from watcher.reading.reading import Reading
from watcher.report.dues import Judge
from watcher.report.exposures import stream_name
from watcher.report.figures.accepted import Accepted
from watcher.report.figures.ended import Ended
from watcher.report.figures.fleet import reach_of
from watcher.report.figures.management import Summed
from watcher.report.figures.many.drawn import Drawn
from watcher.report.figures.many.gathered import (
    Gathered,
    folded_apart,
    gathered,
    with_stretches,
)
from watcher.report.figures.many.names import Owned, called
from watcher.report.figures.many.open import OpenWindows
from watcher.report.figures.many.standing import Standing, standing_of
from watcher.report.figures.period import Period
from watcher.report.figures.span import ticks
from watcher.report.figures.stretch import Stretch, package_names, stretches_of

Stretches = Callable[[Iterable[ReadWindow]], Iterable[Stretch]]


@dataclass(slots=True)
class Beside:
    """What is told beside episodes at one pass; what streams and flaws are called is kept."""

    columns: LedgerColumns
    upto: int
    repositories: dict[str, str] = field(default_factory=dict)  # by a stream's whole name
    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)  # all of a flaw, by its name

    def streams(self, numbers: Collection[int]) -> Mapping[int, NamedStream]:
        """What streams are called."""
        found = self.columns.streams(numbers)
        self.repositories |= {called(one): str(one.repository) for one in found.values()}
        return found

    def flaws(self, numbers: Collection[int]) -> Mapping[int, NamedFlaw]:
        """What vulnerabilities are called."""
        found = self.columns.flaws(self.upto, numbers)
        self.ids |= {one.name: (one.name, *one.aliases) for one in found.values()}
        return found

    def assessed(self, pairs: Sequence[Pair]) -> Sequence[Assessed]:
        """What is said of each pair."""
        return self.columns.assessed(self.upto, pairs)

    def beneath(self, platforms: Sequence[str], flaws: Mapping[int, NamedFlaw]) -> BeneathColumns:
        """What tracks were built on, and what tickets asked of them."""
        return self.columns.beneath(self.upto, platforms, flaws)

    def noted(self, windows: Iterable[ReadWindow]) -> Iterator[ReadWindow]:
        """Windows that are read one by one, what they are called being kept."""
        for one in windows:
            self.repositories[stream_name(one)] = str(one.repository)
            self.ids[one.vulnerability] = (one.vulnerability, *one.aliases)
            yield one


def summed(
    record: Reading,
    period: Period,
    judge: Judge,
    owned: Owned,
    stretches_of: Stretches,
    bumps: Iterable[RecordedBump],
) -> Summed:
    """Sum up the ledger over a period, with what of it was accepted, and ended by bumps.

    Windows that the ledger's columns do not tell of in full are folded, and come by `stretches_of`.
    """
    beside = Beside(record.app.columns, record.upto)
    found = _gathered(record, reach_of(period), beside, (judge, owned), stretches_of)
    drawn = Drawn.of(found)
    first = record.app.columns.first_detected(record.upto)
    fleet = drawn.fleet(period, judge.policy, partial(_packages, record, found), first)
    risks = record.app.views.accepted(record.upto)
    ended = Ended.by(bumps, period)
    for one in drawn.remediated(ended.streams, period):
        ended.take(*one)
    return Summed(fleet, _accepted(drawn, beside, risks, period.as_of), ended)


def open_windows(record: Reading) -> OpenWindows:
    """The open windows of the whole fleet in columns, whoever asks: worked out once for a pass."""
    return record.kept("open windows", lambda: OpenWindows.of(_standing(record)), A_PASS)


def standing(record: Reading) -> dict[tuple[str | None, str], Standing]:
    """What is open of each team and severity in the whole fleet, and how much is past due."""
    return standing_of(Drawn.of(_standing(record)), ticks(record.as_of))


def _standing(record: Reading) -> Gathered:
    """What lasts in the whole fleet: read once for a pass."""

    def made() -> Gathered:
        judge, team_of = record.judge(), record.config.owner_of

        def stretches(windows: Iterable[ReadWindow]) -> Iterator[Stretch]:
            return stretches_of(windows, team_of, judge=judge)

        beside = Beside(record.app.columns, record.upto)
        everything = replace(record, sight=None)
        by = (judge, Owned(team_of, {}))
        return _gathered(everything, record.as_of, beside, by, stretches)

    return record.kept("standing", made, A_PASS)


def _gathered(
    record: Reading,
    reach: datetime,
    beside: Beside,
    by: tuple[Judge, Owned],
    stretches_of: Stretches,
) -> Gathered:
    """What had not ended by a time, as stretches."""
    judge, owned = by
    told = record.app.columns.episodes(record.upto, reach, judge.inherited, record.seen)
    apart = folded_apart(told)
    found = gathered(told, beside, owned, judge, apart)
    windows = beside.noted(_windows(record, apart))
    return with_stretches(found, stretches_of(windows), owned)


def _windows(record: Reading, numbers: Collection[int]) -> Iterable[ReadWindow]:
    if not numbers:
        return ()
    return record.app.exposures.windows(WindowFilter(numbers=frozenset(numbers)), record.upto)


def _packages(record: Reading, found: Gathered, rows: Sequence[int]) -> set[str]:
    """The names of what is affected in some rows, as their images call it."""
    names = {name for row in rows for name in found.packages.get(row, ())}
    sets = {int(found.affected[row]) for row in rows if row not in found.packages}
    told = record.app.columns.purls(sets)
    each = [package_names(purls) for packages in told.values() for purls in packages]
    if all(len(one) == 1 for one in each):
        return names.union(*each)
    # Images call one package by several names: each is asked for its own.
    windows = {int(found.windows[row]) for row in rows if row not in found.packages}
    lasting = (one.episodes[-1] for one in _windows(record, windows))
    return names.union(*(package_names(p.purl for p in one.packages) for one in lasting))


def _accepted(
    drawn: Drawn, beside: Beside, accepted: Sequence[Acceptance], as_of: datetime
) -> Accepted:
    """Count what lasts and somebody accepted."""
    counted = Accepted()
    concerned = {one.vulnerability for one in accepted}
    flaws = [name for name, ids in beside.ids.items() if not concerned.isdisjoint(ids)]
    for stream, flaw, number in drawn.lasting(flaws):
        risk = longest(accepted, beside.ids[flaw], beside.repositories[stream], stream)
        if risk is not None:
            counted.open += 0 if risk.expired(as_of) else number
            counted.expired += number if risk.expired(as_of) else 0
    return counted
