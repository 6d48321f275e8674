"""Recording a completed match: what appeared, what ended, what is said of it otherwise now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    bindparam,
    func,
    insert,
    select,
    update,
)

from watcher.adapters.store.engine import Row, add_numbered, add_rows, batches, still_open
from watcher.adapters.store.lock import one_at_a_time
from watcher.adapters.store.tables.base import kept
from watcher.adapters.store.tables.knowledge import (
    assessments,
    context_runs,
    matches,
    package_coverage,
    vulnerabilities,
)
from watcher.domain.errors import PermanentError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Finding
from watcher.ports.store.matches import Appearance, ContextMatch
from watcher.ports.store.passes import PassRecord

Pair = tuple[int, str]

_LONGEST_NAME = 128  # characters of a vulnerability's id; real ones have up to 30


def record(
    engine: Engine, this: PassRecord, version: KnowledgeVersion, match: ContextMatch
) -> bool:
    """Record a completed match in one transaction; False where it was recorded meanwhile."""
    findings = [
        *(one.finding for one in match.appeared),
        *(finding for _, finding in match.reassessed),
    ]
    with engine.begin() as connection:
        one_at_a_time(connection, "matches")
        if _recorded_meanwhile(connection, match):
            return False
        numbers = _numbered(connection, this, version, findings)
        numbers |= _names(
            connection, {one.vulnerability for one in match.disappeared} - numbers.keys()
        )
        _end(connection, this, version, match, numbers)
        _begin(connection, this, version, match.appeared, numbers)
        _reassess(connection, this, version, match, numbers)
        _take_part(connection, this, version, match)
    return True


def _recorded_meanwhile(connection: Connection, match: ContextMatch) -> bool:
    """Whether somebody else matched the context since its packages were read."""
    runs = select(func.max(context_runs.c.knowledge_id))
    last = connection.scalar(runs.where(context_runs.c.context_id == match.context))
    if last != match.last_version:
        return True
    on = package_coverage.c.to_knowledge.is_(None)
    taken = select(func.count()).select_from(package_coverage).where(on)
    return any(
        connection.scalar(taken.where(package_coverage.c.package_id.in_(batch)))
        for batch in batches(sorted(match.joined))
    )


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
