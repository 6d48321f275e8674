"""Which repositories the configuration includes, and since when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, select, update

from watcher.adapters.store.copying import Row
from watcher.adapters.store.rows import add_rows, among, still_open
from watcher.adapters.store.tables.inventory import repositories, repository_scopes
from watcher.ports.store.passes import PassRecord


def begin(connection: Connection, this: PassRecord, registry: str, paths: Sequence[str]) -> None:
    """Record repositories that are included from now on; some of them may be known already."""
    known = _numbers(connection, registry, paths)
    new: list[Row] = [{"registry": registry, "path": path} for path in paths if path not in known]
    add_rows(connection, repositories, new)
    if new:
        known = _numbers(connection, registry, paths)
    rows: list[Row] = [
        {"repository_id": known[path], "since": this.at, "opened_in": this.number} for path in paths
    ]
    add_rows(connection, repository_scopes, rows)


def end(connection: Connection, this: PassRecord, numbers: Iterable[int]) -> None:
    """Record that repositories are no longer included."""
    over = update(repository_scopes).where(
        still_open(repository_scopes), among(repository_scopes.c.repository_id, numbers)
    )
    connection.execute(over.values(until=this.at, closed_in=this.number))


def of_others(connection: Connection, configured: Collection[str]) -> set[int]:
    """Repositories included, of registries that are not configured."""
    statement = (
        select(repositories.c.id)
        .join(repository_scopes, repository_scopes.c.repository_id == repositories.c.id)
        .where(still_open(repository_scopes), repositories.c.registry.not_in(configured))
    )
    return set(connection.scalars(statement))


def _numbers(connection: Connection, registry: str, paths: Iterable[str]) -> dict[str, int]:
    statement = select(repositories.c.path, repositories.c.id).where(
        repositories.c.registry == registry, among(repositories.c.path, paths)
    )
    return {row.path: row.id for row in connection.execute(statement)}
