"""How much was in scope at each sample and never showed a stream."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.inventory import (
    bindings,
    repositories,
    repository_scopes,
    streams,
)
from watcher.adapters.store.tables.passes import failures
from watcher.adapters.store.views.sampling.freshness import Fresh
from watcher.adapters.store.views.sampling.moments import Moments


def count_unlisted(connection: Connection, moments: Moments, fresh: Fresh) -> list[int]:
    """Repositories never listed and without any stream, and registries without either."""
    width = range(len(moments.numbers))
    never = {
        repository: {place for place in width if not fresh.listed[fresh.kind(repository)][place]}
        for repository in connection.scalars(select(repository_scopes.c.repository_id).distinct())
        if not all(fresh.listed[fresh.kind(repository)])
    }
    scoped = _places(connection, moments, never)
    bound = _bound(connection, moments, never)
    found = [0] * len(moments.numbers)
    for repository, unlisted in never.items():
        for place in unlisted & scoped[repository] - bound[repository]:
            found[place] += 1
    for places in _registries(connection, moments):
        for place in places:
            found[place] += 1
    return found


def _places(
    connection: Connection, moments: Moments, wanted: dict[int, set[int]]
) -> dict[int, set[int]]:
    """The samples at which repositories were in scope."""
    one = repository_scopes.c
    statement = select(one.repository_id, one.opened_in, one.closed_in)
    found: dict[int, set[int]] = {number: set() for number in wanted}
    for number, opened, closed in connection.execute(
        statement.where(among(one.repository_id, wanted))
    ):
        found[number] |= set(range(*moments.recorded(opened, closed)))
    return found


def _bound(
    connection: Connection, moments: Moments, wanted: dict[int, set[int]]
) -> dict[int, set[int]]:
    """The samples by which repositories had shown a stream."""
    one = bindings.c
    statement = (
        select(streams.c.repository_id, one.opened_in, one.superseded_in)
        .join(streams, streams.c.id == one.stream_id)
        .where(among(streams.c.repository_id, wanted))
    )
    found: dict[int, set[int]] = {number: set() for number in wanted}
    for number, opened, superseded in connection.execute(statement):
        found[number] |= set(range(*moments.recorded(opened, superseded)))
    return found


def _registries(connection: Connection, moments: Moments) -> Sequence[set[int]]:
    """The samples at which each registry failed of which no repository is known."""
    known = set(connection.scalars(select(repositories.c.registry).distinct()))
    one = failures.c
    statement = select(one.subject, one.opened_in, one.closed_in).where(one.stage == "inventory")
    found: dict[str, set[int]] = {}
    for subject, opened, closed in connection.execute(statement):
        if not set("/:@") & set(subject) and subject not in known:
            places = range(*moments.recorded(opened, closed))
            found[subject] = found.get(subject, set()) | set(places)
    return list(found.values())
