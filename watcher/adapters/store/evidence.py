"""What stands beside an episode: its packages as the image has them, assessments, and databases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.inventory import images
from watcher.adapters.store.tables.knowledge import assessments, knowledge, matches, vulnerabilities
from watcher.adapters.store.tables.packages import catalogue_sets, catalogues, package_set_members
from watcher.adapters.store.tables.passes import passes
from watcher.domain.exposure import Episode
from watcher.ports.store.exposures import AffectedPackage

Pair = tuple[int, int]  # package and vulnerability


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A run of a match with the databases that bound it."""

    end_at: datetime | None
    known_at: datetime
    lacked_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that stands beside a batch of episodes."""

    purls: Mapping[tuple[str, int], str]  # by image digest and package
    assessed: Mapping[Pair, list[Row[tuple[object, ...]]]]
    runs: Mapping[Pair, list[MatchRow]]

    def packages(self, episode: Episode, numbers: Collection[int]) -> tuple[AffectedPackage, ...]:
        """The packages that match last, sorted by purl; `numbers` are all of the vulnerability."""
        found = [self._package(episode, package, numbers) for package in episode.packages]
        return tuple(sorted(found, key=lambda one: one.purl))

    def changed_at(self, episode: Episode, numbers: Collection[int]) -> datetime | None:
        """When knowledge last changed what it says of the packages that match last."""
        pairs = [(package, number) for package in episode.packages for number in numbers]
        told = (row.effective_at for pair in pairs for row in self.assessed.get(pair, ()))
        return max(told, default=None)

    def runs_under(
        self, episode: Episode, packages: Iterable[int], numbers: Collection[int]
    ) -> list[MatchRow]:
        """The runs of matches that reach into an episode, the earliest known first."""
        pairs = [(package, number) for package in packages for number in sorted(numbers)]
        rows = [run for pair in pairs for run in self.runs.get(pair, ())]
        reaching = [run for run in rows if run.end_at is None or run.end_at > episode.start.at]
        return sorted(reaching, key=lambda run: run.known_at)

    def _package(
        self, episode: Episode, number: int, vulnerability: Collection[int]
    ) -> AffectedPackage:
        told = said(self.assessed, number, vulnerability)
        start, last = episode.start.at, told.last
        return AffectedPackage(
            purl=self.purls[episode.last_image, number],
            fixed_version=last.fixed_version,
            status=last.status,
            severity=last.severity,
            severity_source=last.severity_source,
            fix_known_at=max(told.fix_known_at or start, start) if told.fixed else None,
            rated=told.rated,
        )


Assessments = Mapping[Pair, list[Row[tuple[object, ...]]]]


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a package and vulnerability last, and what was before.

    `fix_known_at` is None where a fix is as old as the match. `rated` is each severity with when it
    was recorded; nothing where there was only one.
    """

    last: Row[tuple[object, ...]]
    fixed: bool
    fix_known_at: datetime | None
    rated: tuple[tuple[datetime, str], ...]


def said(assessed: Assessments, package: int, numbers: Collection[int]) -> Said:
    """Read what is said of a package; `numbers` are all of the vulnerability."""
    told = [row for one in numbers for row in assessed.get((package, one), ())]
    rows = sorted(told, key=lambda row: row.id)
    first = next((place for place, row in enumerate(rows) if row.fixed_version), None)
    fixed = first is not None and bool(rows[-1].fixed_version)
    return Said(
        last=rows[-1],
        fixed=fixed,
        fix_known_at=rows[first].effective_at if first and fixed else None,
        rated=_rated(rows),
    )


def _rated(rows: Iterable[Row[tuple[object, ...]]]) -> tuple[tuple[datetime, str], ...]:
    """Each severity with the time it was recorded at; nothing where there was only one."""
    found: list[tuple[datetime, str]] = []
    for row in rows:
        if not found or found[-1][1] != row.severity:
            found.append((row.at, row.severity))
    return tuple(found) if len(found) > 1 else ()


def read_evidence(
    connection: Connection,
    upto: int,
    pairs: Iterable[Pair],
    digests: Iterable[str],
    until: datetime | None = None,
) -> Evidence:
    """Read what stands beside the matches of these packages with these vulnerabilities.

    With `until`, assessments are those that held by then, and the first where none did yet.
    """
    wanted = frozenset(pairs)
    return Evidence(
        purls=_purls(connection, {package for package, _ in wanted}, digests),
        assessed=_by(until, read_assessments(connection, upto, wanted)),
        runs=_runs(connection, upto, wanted),
    )


def _by(
    until: datetime | None, assessed: dict[Pair, list[Row[tuple[object, ...]]]]
) -> dict[Pair, list[Row[tuple[object, ...]]]]:
    if until is None:
        return assessed
    return {
        pair: [row for row in rows if row.effective_at <= until] or rows[:1]
        for pair, rows in assessed.items()
    }


def _purls(
    connection: Connection, packages: Collection[int], digests: Iterable[str]
) -> dict[tuple[str, int], str]:
    members = package_set_members.c
    statement = (
        select(images.c.digest, members.package_id, members.purl)
        .join(catalogues, catalogues.c.image_id == images.c.id)
        .join(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
        .join(package_set_members, members.set_id == catalogue_sets.c.set_id)
        .where(among(images.c.digest, digests), among(unindexed(members.package_id), packages))
    )
    rows = connection.execute(statement)
    return {(row.digest, row.package_id): row.purl for row in rows}


def _of_pairs(table: Table, wanted: Collection[Pair]) -> ColumnElement[bool]:
    """The condition that a package and a vulnerability are among those of pairs, if of two."""
    return and_(
        among(table.c.package_id, {package for package, _ in wanted}),
        among(unindexed(table.c.vulnerability_id), {number for _, number in wanted}),
    )


def read_assessments(
    connection: Connection, upto: int, wanted: Collection[Pair]
) -> dict[Pair, list[Row[tuple[object, ...]]]]:
    """What was said of packages with vulnerabilities, oldest first."""
    found: dict[Pair, list[Row[tuple[object, ...]]]] = defaultdict(list)
    statement = (
        select(assessments, passes.c.at)
        .join(passes, passes.c.id == assessments.c.opened_in)
        .where(_of_pairs(assessments, wanted), visible(assessments, upto))
        .order_by(assessments.c.id)
    )
    for row in connection.execute(statement):
        pair = (row.package_id, row.vulnerability_id)
        if pair in wanted:
            found[pair].append(row)
    return found


def _runs(connection: Connection, upto: int, wanted: frozenset[Pair]) -> dict[Pair, list[MatchRow]]:
    first, lacking, ending = knowledge.alias(), knowledge.alias(), knowledge.alias()
    found: dict[Pair, list[MatchRow]] = defaultdict(list)
    statement = (
        select(
            matches,
            vulnerabilities.c.in_db_at,
            first.c.effective_at.label("first_at"),
            lacking.c.effective_at.label("lacked_at"),
            ending.c.db_digest.label("ender"),
        )
        .join(vulnerabilities, vulnerabilities.c.id == matches.c.vulnerability_id)
        .join(first, first.c.id == matches.c.first_knowledge)
        .outerjoin(lacking, lacking.c.id == matches.c.lacked_by)
        .outerjoin(ending, ending.c.id == matches.c.ended_by)
        .where(_of_pairs(matches, wanted), visible(matches, upto))
        .order_by(matches.c.id)
    )
    for row in connection.execute(statement):
        pair = (row.package_id, row.vulnerability_id)
        if pair in wanted:
            found[pair].append(_match_row(row, upto))
    return found


def _match_row(row: Row[tuple[object, ...]], upto: int) -> MatchRow:
    ended = row.closed_in is not None and row.closed_in <= upto
    return MatchRow(
        end_at=row.end_at if ended else None,
        known_at=row.in_db_at if row.dated_at is None else row.first_at,
        lacked_at=row.lacked_at,
        ended_by=row.ender if ended else None,
    )
