"""What feeds had said of a vulnerability, and since when: the factors that policies ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Row, Table, func, select

from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.feeds.scores import DayOfScores, number_of, unpacked
from watcher.adapters.store.tables.feeds import feed_versions, kev_listings, ssvc_points
from watcher.adapters.store.tables.passes import passes
from watcher.ports.store.feeds import ShownRatings, Told

Change = tuple[datetime | None, str, str]  # since when, which factor, which value
Rows = Mapping[str, Sequence[Row[tuple[object, ...]]]]
Passed = dict[int, tuple[datetime, int]]  # by the number of a CVE: a pass by its time and number


class _Day(NamedTuple):
    """A day of EPSS: its row, its own date, and the pass that recorded it."""

    number: int
    dated: datetime
    opened_in: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SqlFlaws:
    """Signs the port `Flaws`: KEV and SSVC in memory, days of EPSS read when they are asked for."""

    engine: Engine
    upto: int
    began: Mapping[str, int]  # the first pass of each feed
    kev: Rows
    ssvc: Rows
    _days: list[_Day] = field(default_factory=list)
    _crossings: dict[float, tuple[Passed, Passed]] = field(default_factory=dict)

    def told(self, vulnerability: str, epss: float | None) -> Sequence[Told]:
        """What was known when, oldest first and at least one entry."""
        changes = [*self._listed(vulnerability), *self._pointed(vulnerability)]
        if epss is not None:
            changes += self._scored(vulnerability, epss)
        return _merged(changes)

    def shown(self, vulnerabilities: Iterable[str]) -> Mapping[str, ShownRatings]:
        """What feeds say last of each of some vulnerabilities."""
        days = self._all_days()
        last = _read_day(self.engine, days[-1].number) if days else None
        dated = days[-1].dated if days else None
        return {name: self._shown(name, last, dated) for name in vulnerabilities}

    def _shown(self, name: str, day: DayOfScores | None, dated: datetime | None) -> ShownRatings:
        listed = next((row for row in self.kev.get(name, ()) if row.lasting), None)
        point = next((row for row in self.ssvc.get(name, ()) if row.lasting), None)
        score = day.of(name) if day else None
        return ShownRatings(
            kev=listed is not None if "kev" in self.began else None,
            kev_listed_on=listed.listed_on if listed else None,
            epss=score,
            epss_dated=dated if score else None,
            exploitation=point.exploitation if point else None,
            automatable=point.automatable if point else None,
            technical_impact=point.technical_impact if point else None,
        )

    def _listed(self, name: str) -> Iterator[Change]:
        """Who was listed when the catalogue was first read is so from its own date on."""
        if "kev" not in self.began:
            return
        yield None, "kev", "no"
        for row in self.kev.get(name, ()):
            known_first = row.opened_in == self.began["kev"]
            since = row.listed_on if known_first else row.at
            yield since, "kev", "yes"
            yield since, "likely_exploitable", "yes"

    def _pointed(self, name: str) -> Iterator[Change]:
        for row in self.ssvc.get(name, ()):
            since = None if row.opened_in == self.began.get("ssvc") else row.at
            if row.automatable is not None:
                yield since, "automatable", "yes" if row.automatable else "no"
            if row.technical_impact is not None:
                yield since, "technical_impact", row.technical_impact
            if row.exploitation == "active":
                yield since, "likely_exploitable", "yes"

    def _scored(self, name: str, least: float) -> Iterator[Change]:
        """Since when it was scored, and since when so high that an exploit counts as likely."""
        scored, likely = self._crossed(least)
        number = number_of(name)
        for passed, said in ((scored.get(number), "no"), (likely.get(number), "yes")):
            if passed is not None:
                at, opened_in = passed
                first = opened_in == self.began["epss"]
                yield None if first else at, "likely_exploitable", said

    def _crossed(self, least: float) -> tuple[Passed, Passed]:
        """For each CVE the pass that first recorded a score, and the first one of `least`."""
        if least not in self._crossings:
            scored: Passed = {}
            likely: Passed = {}
            for day in self._all_days():
                told = _read_day(self.engine, day.number)
                when = (day.at, day.opened_in)
                scored |= dict.fromkeys(set(told.numbers) - scored.keys(), when)
                likely |= dict.fromkeys(told.scored(least) - likely.keys(), when)
            self._crossings[least] = scored, likely
        return self._crossings[least]

    def _all_days(self) -> list[_Day]:
        if not self._days and "epss" in self.began:
            columns = (feed_versions.c.id, feed_versions.c.dated, feed_versions.c.opened_in)
            statement = (
                select(*columns, passes.c.at)
                .join(passes, passes.c.id == feed_versions.c.opened_in)
                .where(feed_versions.c.feed == "epss", visible(feed_versions, self.upto))
                .order_by(feed_versions.c.id)
            )
            with self.engine.connect() as connection:
                self._days.extend(_Day(*row) for row in connection.execute(statement))
        return self._days


@lru_cache(maxsize=4)
def _read_day(engine: Engine, number: int) -> DayOfScores:
    """A day's body never changes, so the last ones asked for are kept unpacked."""
    statement = select(feed_versions.c.body).where(feed_versions.c.id == number)
    with engine.connect() as connection:
        return unpacked(connection.execute(statement).scalar_one())


def read_flaws(engine: Engine, upto: int) -> SqlFlaws:
    """What feeds had said by a pass; the last ones asked for are kept in memory.

    Nothing of it changes but with a new version of a feed.
    """
    last = select(func.max(feed_versions.c.id), func.max(feed_versions.c.opened_in))
    with engine.connect() as connection:
        number, opened_in = connection.execute(last.where(visible(feed_versions, upto))).one()
    return _kept(engine, number or 0, opened_in or 0)


@lru_cache(maxsize=4)
def _kept(engine: Engine, version: int, upto: int) -> SqlFlaws:
    del version  # it tells two versions of one pass apart
    with engine.connect() as connection:
        return _read(connection, engine, upto)


def _read(connection: Connection, engine: Engine, upto: int) -> SqlFlaws:
    first = select(feed_versions.c.feed, func.min(feed_versions.c.opened_in).label("began"))
    first = first.where(visible(feed_versions, upto)).group_by(feed_versions.c.feed)
    began = {row.feed: row.began for row in connection.execute(first)}
    kev, ssvc = (_rows(connection, table, upto) for table in (kev_listings, ssvc_points))
    return SqlFlaws(engine, upto, began, kev, ssvc)


def _rows(connection: Connection, table: Table, upto: int) -> Rows:
    found: dict[str, list[Row[tuple[object, ...]]]] = defaultdict(list)
    statement = (
        select(table, passes.c.at, unended(table, upto).label("lasting"))
        .join(passes, passes.c.id == table.c.opened_in)
        .where(visible(table, upto))
        .order_by(table.c.id)
    )
    for row in connection.execute(statement):
        found[row.name].append(row)
    return found


def _merged(changes: Iterable[Change]) -> list[Told]:
    """All that was known at each time, beginning with what was known all along.

    Where two sources differ on whether an exploit is likely, the one that says yes is believed.
    """
    current: dict[str, str] = {}
    found = [Told(None, {})]
    for since, factor, value in sorted(changes, key=_order):
        if factor == "likely_exploitable" and current.get(factor) == "yes":
            continue
        current[factor] = value
        if since == found[-1].since:
            found[-1] = Told(since, dict(current))
        else:
            found.append(Told(since, dict(current)))
    return found


def _order(change: Change) -> tuple[bool, float]:
    since = change[0]
    return since is not None, since.timestamp() if since else 0.0
