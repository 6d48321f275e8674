"""Matches as they begin and end, and what is said of each while it lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, bindparam, select, update

from watcher.adapters.store.copying import Row
from watcher.adapters.store.rows import add_rows, among, still_open
from watcher.adapters.store.tables.knowledge import assessments, matches
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Finding
from watcher.ports.store.matches import Appearance, Disappearance
from watcher.ports.store.passes import PassRecord

Pair = tuple[int, int]  # package and vulnerability, by number


@dataclass(frozen=True, slots=True)
class Existence:
    """Writes what a match changed, in a transaction of whoever built it.

    `numbers` are those of all vulnerabilities that are named.
    """

    connection: Connection
    this: PassRecord
    version: KnowledgeVersion
    numbers: Mapping[str, int]

    def begin(self, appeared: Sequence[Appearance]) -> None:
        """Record matches that begin."""
        lacked = {one.package for one in appeared if one.lacked_by is not None}
        again = _seen_before(self.connection, lacked)
        rows = [self._row(one, again) for one in appeared]
        add_rows(self.connection, matches, rows)
        self._assess((one.package, one.finding) for one in appeared)

    def end(self, disappeared: Sequence[Disappearance]) -> None:
        """Record that matches ended, and with them what was said of them."""
        if not disappeared:
            return
        over = update(matches).where(_pair(matches), still_open(matches))
        over = over.values(
            end_at=bindparam("at"),
            end_not_before=bindparam("not_before"),
            end_cause=bindparam("why"),
            ended_by=self.version.number,
            closed_in=self.this.number,
        )
        rows = [
            {
                "package": one.package,
                "vulnerability": self.numbers[one.vulnerability],
                "at": one.end.at,
                "not_before": one.end.not_before,
                "why": one.cause,
            }
            for one in disappeared
        ]
        self.connection.execute(over, rows)
        self._silence([(one.package, self.numbers[one.vulnerability]) for one in disappeared])

    def reassess(self, reassessed: Sequence[tuple[int, Finding]]) -> None:
        """Record what is said otherwise now of matches that go on."""
        self._silence([(package, self.numbers[f.vulnerability]) for package, f in reassessed])
        self._assess(reassessed)

    def _silence(self, pairs: Sequence[Pair]) -> None:
        """End what is said of matches."""
        if pairs:
            over = update(assessments).where(_pair(assessments), still_open(assessments))
            rows = [{"package": package, "vulnerability": number} for package, number in pairs]
            self.connection.execute(over.values(closed_in=self.this.number), rows)

    def _assess(self, assessed: Iterable[tuple[int, Finding]]) -> None:
        rows: list[Row] = [
            {
                "package_id": package,
                "vulnerability_id": self.numbers[finding.vulnerability],
                "severity": finding.severity,
                "severity_source": finding.severity_source,
                "status": finding.status,
                "fixed_version": finding.fixed_version,
                "effective_at": self.version.effective_at,
                "knowledge_id": self.version.number,
                "opened_in": self.this.number,
            }
            for package, finding in assessed
        ]
        add_rows(self.connection, assessments, rows)

    def _row(self, one: Appearance, again: set[Pair]) -> Row:
        number = self.numbers[one.finding.vulnerability]
        return {
            "package_id": one.package,
            "vulnerability_id": number,
            "first": (one.package, number) not in again,
            "dated_at": one.dated.at if one.dated else None,
            "dated_not_before": one.dated.not_before if one.dated else None,
            "first_knowledge": self.version.number,
            "lacked_by": one.lacked_by,
            "opened_in": self.this.number,
        }


def _seen_before(connection: Connection, packages: set[int]) -> set[Pair]:
    """What ever matched of packages."""
    if not packages:
        return set()
    statement = select(matches.c.package_id, matches.c.vulnerability_id)
    rows = connection.execute(statement.where(among(matches.c.package_id, packages)))
    return {(row.package_id, row.vulnerability_id) for row in rows}


def _pair(table: Table) -> ColumnElement[bool]:
    same_package = table.c.package_id == bindparam("package")
    return same_package & (table.c.vulnerability_id == bindparam("vulnerability"))
