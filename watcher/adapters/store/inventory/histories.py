"""The history of repositories: all their tags of all times, and when they were included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select

from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.inventory import (
    repositories,
    repository_scopes,
    tag_intervals,
)
from watcher.domain.inventory import TagInterval
from watcher.domain.reference import Repository
from watcher.ports.store.inventory import RepositoryHistory, Scope


def read(connection: Connection, numbers: Collection[int]) -> list[RepositoryHistory]:
    """The history of each of these repositories, in the order of their numbers."""
    tags, scopes = _tags(connection, numbers), _scopes(connection, numbers)
    statement = select(repositories).where(among(repositories.c.id, numbers))
    return [
        RepositoryHistory(
            row.id,
            Repository(row.registry, row.path),
            tuple(tags[row.id]),
            tuple(scopes[row.id]),
        )
        for row in connection.execute(statement.order_by(repositories.c.id))
    ]


def _tags(connection: Connection, numbers: Collection[int]) -> dict[int, list[TagInterval]]:
    found: dict[int, list[TagInterval]] = defaultdict(list)
    statement = select(tag_intervals).where(among(tag_intervals.c.repository_id, numbers))
    for row in connection.execute(statement.order_by(tag_intervals.c.id)):
        found[row.repository_id].append(
            TagInterval(
                row.tag,
                row.digest,
                row.observed_at,
                row.previous_at,
                row.pushed_at,
                row.gone_at,
                row.gone_previous_at,
            )
        )
    return found


def _scopes(connection: Connection, numbers: Collection[int]) -> dict[int, list[Scope]]:
    found: dict[int, list[Scope]] = defaultdict(list)
    statement = select(repository_scopes).where(among(repository_scopes.c.repository_id, numbers))
    for row in connection.execute(statement.order_by(repository_scopes.c.id)):
        found[row.repository_id].append(Scope(row.since, row.until))
    return found
