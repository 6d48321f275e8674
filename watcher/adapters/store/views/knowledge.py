"""Versions of knowledge, with what each of them changed."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Connection, func, select

from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.tables.knowledge import context_runs, knowledge, matches
from watcher.adapters.store.views.changes import read_changes
from watcher.domain.knowledge import KnowledgeVersion, reason
from watcher.ports.store.views import KnowledgeDelta


def read_knowledge(connection: Connection, upto: int) -> list[KnowledgeDelta]:
    """All versions recorded by a pass, oldest first."""
    begun, known_before = visible(matches, upto), matches.c.lacked_by.is_not(None)
    added = _counted(connection, matches.c.first_knowledge, begun, known_before)
    first = _counted(connection, matches.c.first_knowledge, begun, ~known_before)
    removed = _counted(connection, matches.c.ended_by, begun, ~unended(matches, upto))
    runs = _counted(connection, context_runs.c.knowledge_id, visible(context_runs, upto))
    statement = select(knowledge).where(visible(knowledge, upto)).order_by(knowledge.c.id)
    rows = connection.execute(statement).all()
    versions = read_versions(connection, upto)
    changes = read_changes(connection, upto, versions)
    before = [None, *versions]
    return [
        KnowledgeDelta(
            scanner=row.scanner,
            db_digest=row.db_digest,
            source=row.source,
            updated_at=row.updated_at,
            seen_at=row.seen_at,
            applied_at=row.applied_at,
            effective_at=row.effective_at,
            added=added.get(row.id, 0),
            removed=removed.get(row.id, 0),
            first_matched=first.get(row.id, 0),
            contexts=runs.get(row.id, 0),
            reason=reason(previous, version) if previous else None,
            changes=changes[row.id],
        )
        for row, version, previous in zip(rows, versions, before, strict=False)
    ]


def read_versions(connection: Connection, upto: int) -> list[KnowledgeVersion]:
    """The bare versions recorded by a pass, oldest first."""
    statement = select(knowledge).where(visible(knowledge, upto)).order_by(knowledge.c.id)
    return [
        KnowledgeVersion(
            row.id, row.scanner, row.db_digest, row.updated_at, row.effective_at, row.applied_at
        )
        for row in connection.execute(statement)
    ]


def _counted(
    connection: Connection, by: Column[int], *conditions: ColumnElement[bool]
) -> dict[int, int]:
    """Count rows by a version's number."""
    statement = select(by.label("version"), func.count().label("rows")).where(*conditions)
    rows = connection.execute(statement.where(by.is_not(None)).group_by(by))
    return {row.version: row.rows for row in rows}
