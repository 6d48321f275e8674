"""Recording a completed match: what appeared, what ended, what is said of it otherwise now."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, func, insert, select, update

from watcher.adapters.store.copying import Row
from watcher.adapters.store.lock import one_at_a_time
from watcher.adapters.store.matches.claims import record_claims
from watcher.adapters.store.matches.existence import Existence
from watcher.adapters.store.matches.naming import numbered, numbers_of
from watcher.adapters.store.rows import add_rows, among
from watcher.adapters.store.tables.knowledge import context_runs, package_coverage
from watcher.adapters.store.writing import writing
from watcher.domain.knowledge import KnowledgeVersion
from watcher.ports.store.matches import ContextMatch
from watcher.ports.store.passes import PassRecord

_ON = package_coverage.c.to_knowledge.is_(None)


def record(
    engine: Engine, this: PassRecord, version: KnowledgeVersion, match: ContextMatch
) -> bool:
    """Record a completed match in one transaction; False where it was recorded meanwhile."""
    findings = [
        *(one.finding for one in match.appeared),
        *(finding for _, finding in match.reassessed),
    ]
    with writing(engine, this) as connection:
        one_at_a_time(connection, "matches")
        if _recorded_meanwhile(connection, match):
            return False
        numbers = numbered(connection, this, version, findings)
        gone = {one.vulnerability for one in match.disappeared} - numbers.keys()
        numbers |= numbers_of(connection, gone)
        existence = Existence(connection, this, version, numbers)
        existence.end(match.disappeared)
        existence.begin(match.appeared)
        existence.reassess(match.reassessed)
        record_claims(connection, this, match)
        _leave(connection, this, match)
        _join(connection, this, version, match.joined)
        if match.whole:
            _run(connection, this, version, match)
    return True


def _recorded_meanwhile(connection: Connection, match: ContextMatch) -> bool:
    """Whether somebody else matched the context since its packages were read."""
    runs = select(func.max(context_runs.c.knowledge_id))
    last = connection.scalar(runs.where(context_runs.c.context_id == match.context))
    if last != match.last_version:
        return True
    if not match.joined:
        return False
    taken = select(package_coverage.c.id).where(
        _ON, among(package_coverage.c.package_id, match.joined)
    )
    return connection.scalar(taken.limit(1)) is not None


def _leave(connection: Connection, this: PassRecord, match: ContextMatch) -> None:
    """Record that packages take part no longer."""
    if match.left:
        over = update(package_coverage).where(_ON, among(package_coverage.c.package_id, match.left))
        connection.execute(over.values(to_knowledge=match.last_version, closed_in=this.number))


def _join(
    connection: Connection, this: PassRecord, version: KnowledgeVersion, joined: Iterable[int]
) -> None:
    """Record that packages take part from now on."""
    rows: list[Row] = [
        {"package_id": package, "from_knowledge": version.number, "opened_in": this.number}
        for package in sorted(joined)
    ]
    add_rows(connection, package_coverage, rows)


def _run(
    connection: Connection, this: PassRecord, version: KnowledgeVersion, match: ContextMatch
) -> None:
    """Record that all packages of the context in scope took part."""
    run = {
        "context_id": match.context,
        "knowledge_id": version.number,
        "package_count": match.package_count,
        "opened_in": this.number,
    }
    connection.execute(insert(context_runs).values(run))
