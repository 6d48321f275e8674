"""What tracks were built on, in columns: the bases of their images, and how those stood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, or_, select

from watcher.adapters.store.asof import folded_upto, visible
from watcher.adapters.store.bumps.ticketed import read_ticketed
from watcher.adapters.store.columns.reading import Ticks, fill, rows, ticks, time
from watcher.adapters.store.facts import Facts, Grounds, read_facts
from watcher.adapters.store.lineages.fixes import clean_spans, known_spans
from watcher.adapters.store.lineages.followed import Built, Followed, Lineages, read_lineages
from watcher.adapters.store.rows import unindexed
from watcher.adapters.store.tables.inventory import (
    base_identities,
    bindings,
    repositories,
    streams,
)
from watcher.domain.exposure import presumed
from watcher.domain.knowledge import Match
from watcher.domain.reference import Repository
from watcher.ports.store.columns import NEVER, BeneathColumns, NamedFlaw, SpanColumns
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import BaseHead
from watcher.ports.store.views import stream_name

Flaws = Mapping[int, NamedFlaw]


def read_beneath(
    connection: Connection, upto: int, platforms: Sequence[str], flaws: Flaws
) -> BeneathColumns:
    """What tracks were built on, and what tickets asked of them, as recorded by a pass."""
    found = BeneathColumns()
    places = {platform: place for place, platform in enumerate(platforms)}
    _ticketed(connection, upto, places, flaws, found)
    lineages = read_lineages(connection, upto)
    if lineages:
        followed = _built(connection, folded_upto(connection, upto), lineages, places, found)
        _histories(connection, folded_upto(connection, upto), followed, flaws, found)
    return found


def _built(
    connection: Connection,
    upto: int,
    lineages: Lineages,
    places: Mapping[str, int],
    found: BeneathColumns,
) -> dict[Track, int]:
    """The parts of each track's history with a known base; returns the lineages' numbers."""
    one, time_of = bindings.c, Ticks()
    superseded = unindexed(one.superseded_in)
    statement = (
        select(one.stream_id, one.platform, one.image_id, base_identities.c.base_image_id)
        .add_columns(time(one.start_at), time(case((one.closed_in <= upto, one.end_at))))
        .join(streams, (streams.c.id == one.stream_id) & streams.c.published)
        .join(base_identities, base_identities.c.image_id == one.image_id)
        .where(unindexed(one.opened_in) <= upto, or_(superseded.is_(None), superseded > upto))
        .where(visible(base_identities, upto), base_identities.c.base_image_id.is_not(None))
    )
    numbers = _Lineages(Followed(connection, lineages))
    columns = (found.stream, found.platform, found.base, found.lineage, found.start, found.end)
    for batch in rows(connection, statement):
        told = [row for row in batch if row[1] in places]
        of = numbers.of(told)
        built = [
            (stream, places[platform], base, number, time_of[start], time_of[end])
            for (stream, platform, _, base, start, end), number in zip(told, of, strict=True)
            if number is not None
        ]
        fill(columns, built, [None] * len(columns))
    return numbers.numbers


@dataclass(slots=True)
class _Lineages:
    """Lineages by number; where only one ever pointed to a base, its images are not told apart."""

    followed: Followed
    numbers: dict[Track, int] = field(default_factory=dict)
    _only: dict[tuple[int, str], int | None] = field(default_factory=dict)
    _several: set[tuple[int, str]] = field(default_factory=set)

    def of(self, told: Sequence[Sequence[Any]]) -> list[int | None]:
        """The number of the lineage that each row's image follows; None where it follows none.

        Rows are of stream, platform, image and base.
        """
        keys = [(row[3], row[1]) for row in told]
        for base, platform in set(keys) - self._only.keys() - self._several:
            heads = self.followed.heads(base, platform)
            if len(heads) > 1:
                self._several.add((base, platform))
            else:
                self._only[base, platform] = self._number(heads[0] if heads else None)
        if self._several.isdisjoint(keys):
            return [self._only[key] for key in keys]
        built = [Built(row[2], *key) for row, key in zip(told, keys, strict=True)]
        heads_of = self.followed.of(
            {one for one in built if (one.base, one.platform) in self._several}
        )
        return [
            self._only[one.base, one.platform]
            if (one.base, one.platform) in self._only
            else self._number(heads_of.get((one.image, one.platform)))
            for one in built
        ]

    def _number(self, head: BaseHead | None) -> int | None:
        if head is None:
            return None
        return self.numbers.setdefault(Track(head.stream, head.platform), len(self.numbers))


def _histories(
    connection: Connection,
    upto: int,
    lineages: Mapping[Track, int],
    flaws: Flaws,
    found: BeneathColumns,
) -> None:
    """When bases had each vulnerability, and the heads of their lineages were without it."""
    grounds = Grounds.read(connection, upto).of_images
    asked = dict.fromkeys(lineages, frozenset(flaws))
    facts = read_facts(connection, upto, asked, grounds)
    holders, ticks_of = _holders(facts), _TicksOf()
    matches: dict[tuple[int, int], Sequence[Match]] = {}
    for track, number in lineages.items():
        told = facts.of(track, asked[track])
        history = presumed(told.history)
        known = known_spans(history)
        for flaw, matched in told.matches.items():
            for one in clean_spans(history, known, matched):
                _add(found.clean, number, flaw, ticks_of[one.start], ticks_of[one.end])
            matches |= {(flaw, package): runs for package, runs in matched.items()}
    for (flaw, package), runs in matches.items():
        spans = {(ticks_of[one.start.at], ticks_of[_end(one)]) for one in runs}
        for start, end in spans:
            for image in holders[package] if start < end else ():
                _add(found.brought, image, flaw, start, end)


class _TicksOf(dict[datetime | None, int]):
    """Ticks by times, each worked out once; no time is NEVER."""

    def __missing__(self, at: datetime | None) -> int:
        found = self[at] = NEVER if at is None else ticks(at)
        return found


def _end(match: Match) -> datetime | None:
    return match.end.at if match.end else None


def _holders(facts: Facts) -> Mapping[int, set[int]]:
    """The images that have each package."""
    found: dict[int, set[int]] = defaultdict(set)
    for image, contents in facts.contents.items():
        for package in {package for one in contents for package in one.packages}:
            found[package].add(image)
    return found


def _ticketed(
    connection: Connection,
    upto: int,
    places: Mapping[str, int],
    flaws: Flaws,
    found: BeneathColumns,
) -> None:
    """What tickets asked to be ended, by track."""
    asked = read_ticketed(connection, upto).asked
    if not asked:
        return
    numbers: dict[str, list[int]] = defaultdict(list)
    ticks_of = _TicksOf()
    for number, flaw in flaws.items():
        numbers[flaw.name].append(number)
    for track, lines in _tracks(connection, asked, places):
        for one in lines:
            for name in one.vulnerabilities:
                for number in numbers.get(name, ()):
                    times = (ticks_of[one.start], ticks_of[one.end])
                    _add(found.asked, len(found.asked_of), number, *times)
        found.asked_of.append(track)


def _tracks(
    connection: Connection, asked: Mapping[tuple[str, str], Any], places: Mapping[str, int]
) -> Iterable[tuple[tuple[int, int], Any]]:
    """Tracks by what they are called on tickets."""
    statement = (
        select(streams.c.id, streams.c.by, streams.c.name)
        .add_columns(repositories.c.registry, repositories.c.path)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(streams.c.published)
    )
    for stream, by, short, registry, path in connection.execute(statement):
        name = stream_name(Repository(registry, path), by, short)
        for platform, place in places.items():
            if (name, platform) in asked:
                yield (stream, place), asked[name, platform]


def _add(columns: SpanColumns, of: int, and_of: int, start: int, end: int) -> None:
    columns.of.append(of)
    columns.and_of.append(and_of)
    columns.start.append(start)
    columns.end.append(end)
