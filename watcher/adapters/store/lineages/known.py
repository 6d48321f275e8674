"""Images that are or were watched as bases, by what streams call them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Row, func, select

from watcher.adapters.store.lineages.heads import bound
from watcher.adapters.store.tables.inventory import bindings, streams
from watcher.adapters.store.tables.passes import passes
from watcher.domain.lineage import KnownBase
from watcher.domain.reference import Repository


def bases(
    connection: Connection, address: Callable[[Repository], str]
) -> dict[str, list[KnownBase]]:
    """All images ever watched as bases, by platform; `address` names a repository, host first."""
    statement = (
        bound()
        .where(streams.c.published.is_(False), bindings.c.superseded_in.is_(None))
        .order_by(bindings.c.start_at.desc(), bindings.c.id.desc())
    )
    found: dict[int, list[Row[tuple[object, ...]]]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.image_id].append(row)
    by_platform: dict[str, list[KnownBase]] = defaultdict(list)
    for _, rows in sorted(found.items()):
        by_platform[rows[0].platform].append(_known(rows, address))
    return dict(by_platform)


def changed(connection: Connection) -> bool:
    """Whether a base was first seen since bases were last identified."""
    last = select(func.coalesce(func.max(passes.c.id), 0)).where(passes.c.identified)
    statement = (
        select(func.count())
        .select_from(bindings.join(streams, streams.c.id == bindings.c.stream_id))
        .where(streams.c.published.is_(False))
        .where(bindings.c.opened_in > last.scalar_subquery())
    )
    return bool(connection.scalar(statement))


def _known(
    rows: Sequence[Row[tuple[object, ...]]], address: Callable[[Repository], str]
) -> KnownBase:
    digests = dict.fromkeys([rows[0].digest, *(row.target for row in rows)])
    names = dict.fromkeys(
        f"{address(Repository(row.registry, row.path))}:{row.name}" for row in rows
    )
    return KnownBase(rows[0].image_id, tuple(digests), tuple(rows[0].diff_ids), tuple(names))
