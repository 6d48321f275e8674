"""Why matches changed: worked out from what is recorded, version by version.

A match begins, ends, or is told of otherwise under a version of knowledge. What differs between
that version and the one its context was matched under before is the reason.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    func,
    literal_column,
    select,
)

from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.tables.knowledge import (
    assessments,
    context_runs,
    matches,
    vulnerabilities,
)
from watcher.adapters.store.tables.packages import catalogues, packages
from watcher.domain.knowledge import KnowledgeVersion, Reason, reason
from watcher.ports.store.views import TERMS, MatchChange, MatchChanges, What

_LISTED: Final = 100  # changes of a version that are listed, of each kind
_LATEST: Final = 10  # versions whose changes are listed
_NOW: Final = assessments.alias("now")
_THEN: Final = assessments.alias("then")


def read_changes(
    connection: Connection, upto: int, versions: Sequence[KnowledgeVersion]
) -> Mapping[int, MatchChanges]:
    """What changed under each version, by its number, as it stood recorded by a pass."""
    told = _Told(connection, upto, {one.number: one for one in versions}, _runs(connection, upto))
    told.count()
    for version in list(told.versions)[-_LATEST:]:
        told.list_some(version)
    again = _listed_again(connection, upto, versions)
    return {
        number: MatchChanges(told.counts[number], tuple(told.listed[number]), again[number])
        for number in told.versions
    }


def read_changes_of(
    connection: Connection, upto: int, versions: Sequence[KnowledgeVersion], vulnerability: str
) -> list[tuple[KnowledgeVersion, MatchChange]]:
    """How what one vulnerability matches changed, newest first, and under which version."""
    told = _Told(connection, upto, {one.number: one for one in versions}, _runs(connection, upto))
    told.list_of(vulnerability)
    return [
        (version, change)
        for number, version in sorted(told.versions.items(), reverse=True)
        for change in told.listed[number]
    ]


@dataclass(slots=True)
class _Told:
    """What has been found so far; `runs` are the versions each context was matched under."""

    connection: Connection
    upto: int
    versions: Mapping[int, KnowledgeVersion]
    runs: Mapping[int, Sequence[int]]
    counts: dict[int, dict[Reason, Counter[What]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Counter))
    )
    listed: dict[int, list[MatchChange]] = field(default_factory=lambda: defaultdict(list))

    def count(self) -> None:
        """Count every change."""
        kinds: tuple[tuple[What, Select[tuple[object, ...]]], ...]
        kinds = (("appeared", _appeared(self.upto)), ("ended", _ended(self.upto)))
        for what, changed in kinds:
            counted = _grouped(changed, func.count().label("changes"))
            for row in self.connection.execute(counted):
                self._add(row, what, row.changes)
        for row in self.connection.execute(_reassessed_counts(self.upto)):
            for term in TERMS:
                self._add(row, term, getattr(row, term) or 0)

    def list_some(self, version: int) -> None:
        """List some changes of a version, by the order in which they were recorded."""
        begun = _appeared(self.upto).where(matches.c.first_knowledge == version)
        ended = _ended(self.upto).where(matches.c.ended_by == version)
        told = _reassessed_terms(self.upto).where(_NOW.c.knowledge_id == version)
        self._list(begun, ended, told)

    def list_of(self, vulnerability: str) -> None:
        """List some changes of what one vulnerability matches."""
        named = vulnerabilities.c.name == vulnerability
        begun, ended = _appeared(self.upto), _ended(self.upto)
        self._list(
            begun.where(named), ended.where(named), _reassessed_terms(self.upto).where(named)
        )

    def _list(
        self,
        begun: Select[tuple[object, ...]],
        ended: Select[tuple[object, ...]],
        told: Select[tuple[object, ...]],
    ) -> None:
        kinds: tuple[tuple[What, Select[tuple[object, ...]]], ...]
        kinds = (("appeared", begun), ("ended", ended))
        for what, changed in kinds:
            for row in self.connection.execute(_with_names(changed, matches).limit(_LISTED)):
                change = MatchChange(
                    row.vulnerability, row.package, row.installed, what, self._reason(row)
                )
                self.listed[row.under].append(change)
        for row in self.connection.execute(_with_names(told, _NOW).limit(_LISTED)):
            self.listed[row.under] += self._terms(row)

    def _terms(self, row: Row[tuple[object, ...]]) -> Iterator[MatchChange]:
        for what in TERMS:
            before, after = getattr(row, f"then_{what}"), getattr(row, f"now_{what}")
            if before != after:
                yield MatchChange(
                    row.vulnerability,
                    row.package,
                    row.installed,
                    what,
                    self._reason(row),
                    before or None,
                    after or None,
                )

    def _add(self, row: Row[tuple[object, ...]], what: What, number: int) -> None:
        if number:
            self.counts[row.under][self._reason(row)][what] += number

    def _reason(self, row: Row[tuple[object, ...]]) -> Reason:
        """What differs from the version that the context was matched under before."""
        runs = self.runs.get(row.within, ())
        place = bisect_left(runs, row.under)
        before = self.versions[runs[place - 1]] if place else self.versions[row.under]
        return reason(before, self.versions[row.under])


def _runs(connection: Connection, upto: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    statement = select(context_runs.c.context_id, context_runs.c.knowledge_id)
    for row in connection.execute(
        statement.where(visible(context_runs, upto)).order_by(context_runs.c.knowledge_id)
    ):
        found[row.context_id].append(row.knowledge_id)
    return found


def _appeared(upto: int) -> Select[tuple[object, ...]]:
    """Matches that a version has and an earlier one lacked."""
    return _changes(matches, matches.c.first_knowledge, matches.c.id).where(
        visible(matches, upto), matches.c.lacked_by.is_not(None)
    )


def _ended(upto: int) -> Select[tuple[object, ...]]:
    """Matches that a version lacks and an earlier one had."""
    return _changes(matches, matches.c.ended_by, matches.c.id).where(
        visible(matches, upto), ~unended(matches, upto), matches.c.ended_by.is_not(None)
    )


def _changes(
    table: FromClause, version: ColumnElement[int], number: ColumnElement[int]
) -> Select[tuple[object, ...]]:
    return (
        select(version.label("under"), packages.c.context_id.label("within"))
        .select_from(table)
        .join(packages, packages.c.id == table.c.package_id)
        .order_by(number)
    )


def _grouped(
    changed: Select[tuple[object, ...]], *counted: ColumnElement[int]
) -> Select[tuple[object, ...]]:
    by: Sequence[ColumnElement[int]] = (literal_column("under"), literal_column("within"))
    return changed.add_columns(*counted).order_by(None).group_by(*by)


def _with_names(
    changed: Select[tuple[object, ...]], table: FromClause
) -> Select[tuple[object, ...]]:
    return changed.add_columns(
        vulnerabilities.c.name.label("vulnerability"),
        packages.c.name.label("package"),
        packages.c.version.label("installed"),
    ).join(vulnerabilities, vulnerabilities.c.id == table.c.vulnerability_id)


def _reassessed(upto: int) -> Select[tuple[object, ...]]:
    """What is said of a match, with what was said of it until then."""
    pair = (_THEN.c.package_id == _NOW.c.package_id) & (
        _THEN.c.vulnerability_id == _NOW.c.vulnerability_id
    )
    older = assessments.alias("older")
    before = (
        select(func.max(older.c.id))
        .where(older.c.package_id == _NOW.c.package_id)
        .where(older.c.vulnerability_id == _NOW.c.vulnerability_id)
        .where(older.c.id < _NOW.c.id)
        .scalar_subquery()
    )
    return (
        _changes(_NOW, _NOW.c.knowledge_id, _NOW.c.id)
        .join(_THEN, pair & (_THEN.c.closed_in == _NOW.c.opened_in) & (_THEN.c.id == before))
        .where(_NOW.c.opened_in <= upto)
    )


def _reassessed_counts(upto: int) -> Select[tuple[object, ...]]:
    differing = (
        func.count().filter(_THEN.c[what].is_distinct_from(_NOW.c[what])).label(what)
        for what in TERMS
    )
    return _grouped(_reassessed(upto), *differing)


def _reassessed_terms(upto: int) -> Select[tuple[object, ...]]:
    told = [_THEN.c[what].label(f"then_{what}") for what in TERMS]
    told += [_NOW.c[what].label(f"now_{what}") for what in TERMS]
    return _reassessed(upto).add_columns(*told)


def _listed_again(
    connection: Connection, upto: int, versions: Sequence[KnowledgeVersion]
) -> Counter[int]:
    """How many images were catalogued again under each version."""
    numbers = {(one.scanner, one.db_digest): one.number for one in versions}
    older = catalogues.alias()
    columns = (catalogues.c.scanner, catalogues.c.db_digest)
    statement = (
        select(*columns, func.count(catalogues.c.id.distinct()).label("images"))
        .join(older, (older.c.image_id == catalogues.c.image_id) & (older.c.id < catalogues.c.id))
        .where(visible(catalogues, upto))
        .group_by(*columns)
    )
    found = Counter[int]()
    for row in connection.execute(statement):
        found[numbers.get((row.scanner, row.db_digest), 0)] += row.images
    return found
