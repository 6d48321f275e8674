"""How much was in scope at each sample and never showed a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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


def count_unlisted(
    connection: Connection,
    moments: Moments,
    fresh: Fresh,
    owns: Callable[[str], bool] | None = None,
) -> list[int]:
    """Repositories never listed and without any stream, and registries without either.

    Of those alone whose names `owns` takes; None for all of them.
    """
    width = range(len(moments.numbers))
    never = {
        repository: {place for place in width if not fresh.listed[fresh.kind(repository)][place]}
        for repository in connection.scalars(select(repository_scopes.c.repository_id).distinct())
        if not all(fresh.listed[fresh.kind(repository)])
    }
    if owns is not None:
        named = _named(connection, never)
        never = {number: places for number, places in never.items() if owns(named[number])}
    scoped = _places(connection, moments, never)
    bound = _bound(connection, moments, never)
    found = [0] * len(moments.numbers)
    for repository, unlisted in never.items():
        for place in unlisted & scoped[repository] - bound[repository]:
            found[place] += 1
    for name, places in _registries(connection, moments).items():
        for place in places if owns is None or owns(name) else ():
            found[place] += 1
    return found


def _named(connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
    one = repositories.c
    statement = select(one.id, one.registry, one.path).where(among(one.id, numbers))
    return {number: f"{name}/{path}" for number, name, path in connection.execute(statement)}


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


def _registries(connection: Connection, moments: Moments) -> dict[str, set[int]]:
    """The samples at which each registry failed of which no repository is known."""
    known = set(connection.scalars(select(repositories.c.registry).distinct()))
    one = failures.c
    statement = select(one.subject, one.opened_in, one.closed_in).where(one.stage == "inventory")
    found: dict[str, set[int]] = {}
    for subject, opened, closed in connection.execute(statement):
        if not set("/:@") & set(subject) and subject not in known:
            places = range(*moments.recorded(opened, closed))
            found[subject] = found.get(subject, set()) | set(places)
    return found
