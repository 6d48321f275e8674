"""The record of knowledge and matches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from watcher.adapters.store.engine import Row, add_numbered, add_rows, batches, still_open
from watcher.adapters.store.statistics import count_grown
from watcher.adapters.store.tables.base import kept
from watcher.adapters.store.tables.inventory import bindings
from watcher.adapters.store.tables.knowledge import (
    assessments,
    context_runs,
    java_databases,
    knowledge,
    matches,
    package_coverage,
    vulnerabilities,
)
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    contexts,
    package_set_members,
    packages,
)
from watcher.domain.errors import PermanentError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Finding, Package
from watcher.ports.store.matches import Appearance, Assessment, ContextMatch, ContextState, Stamp
from watcher.ports.store.passes import PassRecord

Pair = tuple[int, str]

_LONGEST_NAME = 128  # characters of a vulnerability's id; real ones have up to 30


@dataclass(frozen=True, slots=True)
class SqlMatches:
    """Signs the port `Matches`."""

    engine: Engine

    def versions(self) -> list[KnowledgeVersion]:
        """All versions of knowledge, oldest first."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(knowledge).order_by(knowledge.c.id))
            return [
                KnowledgeVersion(
                    row.id,
                    row.scanner,
                    row.db_digest,
                    row.updated_at,
                    row.effective_at,
                    row.applied_at,
                )
                for row in rows
            ]

    def adopt(self, this: PassRecord, stamp: Stamp) -> KnowledgeVersion:
        """Record a new version of knowledge, in force from this pass on."""
        row: Row = {
            "scanner": stamp.scanner,
            "db_digest": stamp.db_digest,
            "source": stamp.source,
            "updated_at": stamp.updated_at,
            "seen_at": this.at,
            "applied_at": this.at,
            "effective_at": stamp.effective_at,
            "opened_in": this.number,
        }
        with self.engine.begin() as connection:
            (number,) = add_numbered(connection, knowledge, [row])
        return KnowledgeVersion(
            number, stamp.scanner, stamp.db_digest, stamp.updated_at, stamp.effective_at, this.at
        )

    def java_db(self) -> str | None:
        """The digest of the Java database in force."""
        statement = select(java_databases.c.digest).order_by(java_databases.c.id.desc()).limit(1)
        with self.engine.connect() as connection:
            return connection.scalar(statement)

    def adopt_java_db(self, this: PassRecord, digest: str) -> None:
        """Record a new Java database, in force for catalogues from this pass on."""
        with self.engine.begin() as connection:
            connection.execute(insert(java_databases).values(digest=digest, opened_in=this.number))

    def contexts(self, since: datetime) -> list[ContextState]:
        """Contexts with packages of images bound now or at some time after `since`."""
        runs = (
            select(context_runs.c.context_id, func.max(context_runs.c.knowledge_id).label("last"))
            .group_by(context_runs.c.context_id)
            .subquery()
        )
        scope = _in_scope(since).subquery()
        statement = (
            select(
                contexts.c.id,
                contexts.c.name,
                runs.c.last,
                func.count().filter(package_coverage.c.id.is_(None)).label("new"),
            )
            .join(packages, packages.c.context_id == contexts.c.id)
            .join(scope, scope.c.package_id == packages.c.id)
            .outerjoin(package_coverage, _taking_part())
            .outerjoin(runs, runs.c.context_id == contexts.c.id)
            .where(packages.c.left_out.is_(None))
            .group_by(contexts.c.id, contexts.c.name, runs.c.last)
            .order_by(contexts.c.id)
        )
        count_grown(self.engine)
        with self.engine.connect() as connection:
            return [
                ContextState(row.id, row.name, row.last, row.new)
                for row in connection.execute(statement)
            ]

    def in_scope(self, context: int, since: datetime, *, only_new: bool) -> dict[int, Package]:
        """The packages of a context, by id, of images bound now or at some time after `since`."""
        statement = (
            select(packages, contexts.c.name.label("context"))
            .join(contexts, contexts.c.id == packages.c.context_id)
            .where(packages.c.context_id == context, packages.c.left_out.is_(None))
            .where(packages.c.id.in_(_in_scope(since)))
            .order_by(packages.c.id)
        )
        if only_new:
            statement = statement.outerjoin(package_coverage, _taking_part())
            statement = statement.where(package_coverage.c.id.is_(None))
        with self.engine.connect() as connection:
            return {
                row.id: Package(row.context, row.identity, row.name, row.version, row.attributes)
                for row in connection.execute(statement)
            }

    def taking_part(self, context: int) -> dict[int, int | None]:
        """Packages of a context ever matched: the version that had them last, None while on."""
        statement = (
            select(package_coverage.c.package_id, package_coverage.c.to_knowledge)
            .join(packages, packages.c.id == package_coverage.c.package_id)
            .where(packages.c.context_id == context)
            .order_by(package_coverage.c.id)
        )
        with self.engine.connect() as connection:
            return {row.package_id: row.to_knowledge for row in connection.execute(statement)}

    def held(self, context: int) -> dict[Pair, Assessment]:
        """The open matches of a context, by package id and vulnerability name."""
        statement = (
            select(assessments, vulnerabilities.c.name, vulnerabilities.c.published)
            .join(vulnerabilities, vulnerabilities.c.id == assessments.c.vulnerability_id)
            .join(packages, packages.c.id == assessments.c.package_id)
            .where(packages.c.context_id == context, still_open(assessments))
        )
        with self.engine.connect() as connection:
            return {
                (row.package_id, row.name): Assessment(
                    row.severity,
                    row.severity_source,
                    row.status,
                    row.fixed_version,
                    row.published is not None,
                )
                for row in connection.execute(statement)
            }

    def record(self, this: PassRecord, version: KnowledgeVersion, match: ContextMatch) -> None:
        """Record a completed match in one transaction."""
        findings = [
            *(one.finding for one in match.appeared),
            *(finding for _, finding in match.reassessed),
        ]
        with self.engine.begin() as connection:
            numbers = _numbered(connection, this, version, findings)
            numbers |= _names(
                connection, {one.vulnerability for one in match.disappeared} - numbers.keys()
            )
            _end(connection, this, version, match, numbers)
            _begin(connection, this, version, match.appeared, numbers)
            _reassess(connection, this, version, match, numbers)
            _take_part(connection, this, version, match)


def _in_scope(since: datetime) -> Select[tuple[int]]:
    """Numbers of packages of images bound now or at some time after `since`."""
    lately = or_(bindings.c.end_at.is_(None), bindings.c.end_at > since)
    sets = (
        select(catalogue_sets.c.set_id)
        .join(catalogues, catalogues.c.id == catalogue_sets.c.catalogue_id)
        .join(bindings, bindings.c.image_id == catalogues.c.image_id)
        .where(bindings.c.superseded_in.is_(None), lately, catalogues.c.not_covered.is_(None))
        .distinct()
    )
    members = select(package_set_members.c.package_id).where(package_set_members.c.set_id.in_(sets))
    return members.distinct()


def _taking_part() -> ColumnElement[bool]:
    """The condition that joins a package with its taking part in matches, while it does."""
    on = package_coverage.c.to_knowledge.is_(None)
    return on & (package_coverage.c.package_id == packages.c.id)


def _names(connection: Connection, wanted: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in batches(sorted(wanted)):
        statement = select(vulnerabilities.c.name, vulnerabilities.c.id)
        rows = connection.execute(statement.where(vulnerabilities.c.name.in_(batch)))
        found |= {row.name: row.id for row in rows}
    return found


def _numbered(
    connection: Connection, this: PassRecord, version: KnowledgeVersion, findings: Sequence[Finding]
) -> dict[str, int]:
    """Numbers of the findings' vulnerabilities; new ones and new publication dates are recorded."""
    told: dict[str, Finding] = {}
    for one in findings:
        if kept(one.vulnerability, _LONGEST_NAME) != one.vulnerability:
            raise PermanentError(
                f"the database names a vulnerability {one.vulnerability[:80]!a}, which is no name: "
                "nothing of this match counts; check the Trivy database"
            )
        if one.vulnerability not in told or told[one.vulnerability].published is None:
            told[one.vulnerability] = one
    held = _names(connection, told)
    new = sorted(told.keys() - held.keys())
    rows: list[Row] = [
        {
            "name": name,
            "title": told[name].title,
            "published": told[name].published,
            "published_in": this.number if told[name].published else None,
            "in_db_at": version.effective_at,
            "opened_in": this.number,
        }
        for name in new
    ]
    added = dict(zip(new, add_numbered(connection, vulnerabilities, rows), strict=True))
    _publish(connection, this, {held[n]: one.published for n, one in told.items() if n in held})
    return held | added


def _publish(connection: Connection, this: PassRecord, told: Mapping[int, datetime | None]) -> None:
    """Record the publication dates of vulnerabilities (by number) that had none so far."""
    news: list[Row] = []
    for batch in batches(sorted(number for number, date in told.items() if date is not None)):
        undated = select(vulnerabilities.c.id).where(
            vulnerabilities.c.id.in_(batch), vulnerabilities.c.published.is_(None)
        )
        news += [{"number": one, "when": told[one]} for one in connection.scalars(undated)]
    if news:
        first = update(vulnerabilities).where(vulnerabilities.c.id == bindparam("number"))
        first = first.values(published=bindparam("when"), published_in=this.number)
        connection.execute(first, news)


def _pair(table: Table) -> ColumnElement[bool]:
    same_package = table.c.package_id == bindparam("package")
    return same_package & (table.c.vulnerability_id == bindparam("vulnerability"))


def _end(
    connection: Connection,
    this: PassRecord,
    version: KnowledgeVersion,
    match: ContextMatch,
    numbers: Mapping[str, int],
) -> None:
    if not match.disappeared:
        return
    end = update(matches).where(_pair(matches), still_open(matches))
    end = end.values(
        end_at=bindparam("at"),
        end_not_before=bindparam("not_before"),
        end_cause=bindparam("why"),
        ended_by=version.number,
        closed_in=this.number,
    )
    rows = [
        {
            "package": one.package,
            "vulnerability": numbers[one.vulnerability],
            "at": one.end.at,
            "not_before": one.end.not_before,
            "why": one.cause,
        }
        for one in match.disappeared
    ]
    connection.execute(end, rows)
    _close_assessments(
        connection, this, [(one.package, numbers[one.vulnerability]) for one in match.disappeared]
    )


def _close_assessments(
    connection: Connection, this: PassRecord, pairs: Sequence[tuple[int, int]]
) -> None:
    if pairs:
        over = update(assessments).where(_pair(assessments), still_open(assessments))
        rows = [{"package": package, "vulnerability": number} for package, number in pairs]
        connection.execute(over.values(closed_in=this.number), rows)


def _begin(
    connection: Connection,
    this: PassRecord,
    version: KnowledgeVersion,
    appeared: Sequence[Appearance],
    numbers: Mapping[str, int],
) -> None:
    again = _seen_before(connection, {one.package for one in appeared if one.lacked_by is not None})
    rows: list[Row] = [
        {
            "package_id": one.package,
            "vulnerability_id": numbers[one.finding.vulnerability],
            "first": (one.package, numbers[one.finding.vulnerability]) not in again,
            "dated_at": one.dated.at if one.dated else None,
            "dated_not_before": one.dated.not_before if one.dated else None,
            "first_knowledge": version.number,
            "lacked_by": one.lacked_by,
            "opened_in": this.number,
        }
        for one in appeared
    ]
    add_rows(connection, matches, rows)
    _assess(connection, this, version, [(one.package, one.finding) for one in appeared], numbers)


def _seen_before(connection: Connection, members: set[int]) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for batch in batches(sorted(members)):
        statement = select(matches.c.package_id, matches.c.vulnerability_id)
        rows = connection.execute(statement.where(matches.c.package_id.in_(batch)))
        found |= {(row.package_id, row.vulnerability_id) for row in rows}
    return found


def _assess(
    connection: Connection,
    this: PassRecord,
    version: KnowledgeVersion,
    assessed: Iterable[tuple[int, Finding]],
    numbers: Mapping[str, int],
) -> None:
    rows: list[Row] = [
        {
            "package_id": package,
            "vulnerability_id": numbers[finding.vulnerability],
            "severity": finding.severity,
            "severity_source": finding.severity_source,
            "status": finding.status,
            "fixed_version": finding.fixed_version,
            "effective_at": version.effective_at,
            "opened_in": this.number,
        }
        for package, finding in assessed
    ]
    add_rows(connection, assessments, rows)


def _reassess(
    connection: Connection,
    this: PassRecord,
    version: KnowledgeVersion,
    match: ContextMatch,
    numbers: Mapping[str, int],
) -> None:
    pairs = [(package, numbers[finding.vulnerability]) for package, finding in match.reassessed]
    _close_assessments(connection, this, pairs)
    _assess(connection, this, version, match.reassessed, numbers)


def _take_part(
    connection: Connection, this: PassRecord, version: KnowledgeVersion, match: ContextMatch
) -> None:
    if match.left:
        on = package_coverage.c.to_knowledge.is_(None)
        for batch in batches(sorted(match.left)):
            statement = update(package_coverage).where(on, package_coverage.c.package_id.in_(batch))
            connection.execute(
                statement.values(to_knowledge=match.last_version, closed_in=this.number)
            )
    rows: list[Row] = [
        {"package_id": package, "from_knowledge": version.number, "opened_in": this.number}
        for package in sorted(match.joined)
    ]
    add_rows(connection, package_coverage, rows)
    if match.whole:
        run = {
            "context_id": match.context,
            "knowledge_id": version.number,
            "package_count": match.package_count,
            "opened_in": this.number,
        }
        connection.execute(insert(context_runs).values(run))
