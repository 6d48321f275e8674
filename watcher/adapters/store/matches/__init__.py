"""The record of knowledge and matches: versions, what is in scope, what a match changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, insert, select

from watcher.adapters.store.copying import Row
from watcher.adapters.store.matches import recording, scope
from watcher.adapters.store.rows import add_numbered
from watcher.adapters.store.tables.knowledge import java_databases, knowledge, matches
from watcher.adapters.store.writing import writing
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Package
from watcher.ports.store.matches import Assessment, ContextMatch, ContextState, Stamp
from watcher.ports.store.passes import PassRecord


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
            "seen_at": stamp.seen_at or this.at,
            "applied_at": this.at,
            "effective_at": stamp.effective_at,
            "opened_in": this.number,
        }
        with writing(self.engine, this) as connection:
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
        with writing(self.engine, this) as connection:
            connection.execute(insert(java_databases).values(digest=digest, opened_in=this.number))

    def contexts(self, since: datetime) -> list[ContextState]:
        """Contexts with packages of images bound now or at some time after `since`."""
        return scope.contexts(self.engine, since)

    def context(self, number: int, since: datetime) -> ContextState | None:
        """One of them; None where nothing of it is in scope any more."""
        return next(iter(scope.contexts(self.engine, since, number)), None)

    def in_scope(self, context: int, since: datetime, *, only_new: bool) -> dict[int, Package]:
        """The packages of a context, by id, of images bound now or at some time after `since`."""
        return scope.packages_in(self.engine, context, since, only_new=only_new)

    def taking_part(self, context: int) -> dict[int, int | None]:
        """Packages of a context ever matched: the version that had them last, None while on."""
        return scope.taking_part(self.engine, context)

    def held(self, context: int) -> dict[tuple[int, str], Assessment]:
        """The open matches of a context, by package id and vulnerability name."""
        return scope.held(self.engine, context)

    def findings_of(self, context: int) -> Mapping[int, int]:
        """How many open matches each package of a context has; those without any are left out."""
        return scope.findings_of(self.engine, context)

    def findings(self) -> Mapping[int, int]:
        """How many open matches each context has."""
        return scope.findings(self.engine)

    def record(self, this: PassRecord, version: KnowledgeVersion, match: ContextMatch) -> bool:
        """Record a completed match in one transaction; False where it was recorded meanwhile."""
        return recording.record(self.engine, this, version, match)

    def changed(self, this: PassRecord) -> Mapping[str, int]:
        """How many matches a pass `added` and `removed`."""
        added = select(func.count()).where(matches.c.opened_in == this.number)
        removed = select(func.count()).where(matches.c.closed_in == this.number)
        columns = (added.scalar_subquery().label("added"), removed.scalar_subquery())
        with self.engine.connect() as connection:
            row = connection.execute(select(*columns)).one()
        return {"added": row[0], "removed": row[1]}
