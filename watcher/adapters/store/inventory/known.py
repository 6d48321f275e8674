"""Repositories as they stand recorded: their last listing, their open tags, what is not viewed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Select, Subquery, func, select, union

from watcher.adapters.store.asof import ended_with
from watcher.adapters.store.rows import among, still_open
from watcher.adapters.store.tables.inventory import (
    bindings,
    repositories,
    repository_scopes,
    stream_doubts,
    streams,
    tag_intervals,
    unseen_moves,
)
from watcher.adapters.store.tables.passes import coverage
from watcher.domain.reference import Repository
from watcher.ports.store.inventory import KnownRepository, KnownTag
from watcher.ports.store.passes import CoveredStage


def read(
    connection: Connection, registry: str, paths: Collection[str] | None = None
) -> dict[str, KnownRepository]:
    """All repositories of a registry by path, or those of some paths, with their open tags."""
    wanted = repositories.c.registry == registry
    if paths is not None:
        wanted &= among(repositories.c.path, paths)
    tags = _open_tags(connection, wanted)
    return {
        row.path: KnownRepository(
            row.id,
            Repository(registry, row.path),
            row.listed_at,
            row.reconciled_at,
            row.scope is not None,
            tags.get(row.id, {}),
        )
        for row in connection.execute(_repositories(wanted))
    }


def all_numbers(connection: Connection) -> set[int]:
    """Numbers of all repositories ever recorded."""
    return set(connection.scalars(select(repositories.c.id)))


def unresolved(connection: Connection) -> set[int]:
    """Numbers of repositories whose streams are not up to date with the record."""
    pointing = (
        select(streams.c.repository_id)
        .join(bindings, bindings.c.stream_id == streams.c.id)
        .where(
            bindings.c.image_id.is_(None),
            bindings.c.end_at.is_(None),
            bindings.c.superseded_in.is_(None),
        )
    )
    undecided = (
        select(streams.c.repository_id)
        .join(stream_doubts, stream_doubts.c.stream_id == streams.c.id)
        .where(streams.c.by == "newest", still_open(stream_doubts))
    )
    viewed = ended_with(connection, "inventory")
    changed = [
        select(table.c.repository_id).where(table.c[column] > viewed)
        for table in (tag_intervals, repository_scopes)
        for column in ("opened_in", "closed_in")
    ]
    return set(connection.scalars(union(pointing, undecided, *changed)))


def _repositories(wanted: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    """Repositories with their last listing, the last complete one, and the scope in force."""
    listed, reconciled = _last("inventory"), _last("reconciliation")
    scoped = (
        select(repository_scopes.c.repository_id).where(still_open(repository_scopes)).subquery()
    )
    return (
        select(
            repositories.c.id,
            repositories.c.path,
            listed.c.at.label("listed_at"),
            reconciled.c.at.label("reconciled_at"),
            scoped.c.repository_id.label("scope"),
        )
        .outerjoin(listed, listed.c.subject == repositories.c.id)
        .outerjoin(reconciled, reconciled.c.subject == repositories.c.id)
        .outerjoin(scoped, scoped.c.repository_id == repositories.c.id)
        .where(wanted)
    )


def _last(stage: CoveredStage) -> Subquery:
    """When a stage last succeeded for each repository."""
    return (
        select(coverage.c.subject, func.max(coverage.c.until).label("at"))
        .where(coverage.c.stage == stage)
        .group_by(coverage.c.subject)
        .subquery()
    )


def _open_tags(
    connection: Connection, wanted: ColumnElement[bool]
) -> dict[int, dict[str, KnownTag]]:
    again = (
        select(unseen_moves.c.tag_interval_id, func.max(unseen_moves.c.pushed_at).label("at"))
        .group_by(unseen_moves.c.tag_interval_id)
        .subquery()
    )
    statement = (
        select(
            tag_intervals.c.id,
            tag_intervals.c.repository_id,
            tag_intervals.c.tag,
            tag_intervals.c.digest,
            func.coalesce(again.c.at, tag_intervals.c.pushed_at).label("pushed_at"),
        )
        .join(repositories, repositories.c.id == tag_intervals.c.repository_id)
        .outerjoin(again, again.c.tag_interval_id == tag_intervals.c.id)
        .where(wanted, still_open(tag_intervals))
    )
    found: dict[int, dict[str, KnownTag]] = defaultdict(dict)
    for row in connection.execute(statement):
        found[row.repository_id][row.tag] = KnownTag(row.id, row.digest, row.pushed_at)
    return found
