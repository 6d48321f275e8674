"""Images that others may be built on, by what streams call them: bases, and what is published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection

from sqlalchemy import Connection, Select, func, select, union

from watcher.adapters.store.lineages.heads import AnyRow, bound
from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.inventory import (
    bindings,
    images,
    manifest_images,
    manifests,
    streams,
)
from watcher.adapters.store.tables.passes import passes
from watcher.domain.lineage import KnownBase
from watcher.domain.reference import Repository
from watcher.ports.store.views import stream_name


def bases(
    connection: Connection,
    chains: Collection[str],
    digests: Collection[str],
    address: Callable[[Repository], str],
) -> dict[str, list[KnownBase]]:
    """Images with these layers or of these digests that a stream ever pointed to, by platform.

    `address` names a repository, host first. Images not of streams of bases are of the
    organisation's own.
    """
    numbered = _numbered(chains, digests)
    if not numbered:
        return {}
    statement = (
        bound()
        .where(bindings.c.image_id.in_(union(*numbered)), bindings.c.superseded_in.is_(None))
        .order_by(bindings.c.start_at.desc(), bindings.c.id.desc())
    )
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.image_id].append(row)
    by_platform: dict[str, list[KnownBase]] = defaultdict(list)
    for _, rows in sorted(found.items()):
        by_platform[rows[0].platform].append(_known(rows, address))
    return dict(by_platform)


def _numbered(chains: Collection[str], digests: Collection[str]) -> list[Select[tuple[int]]]:
    """The numbers of images by all their layers, and by a digest of theirs or of an index."""
    found: list[Select[tuple[int]]] = []
    if chains:
        found.append(select(images.c.id).where(among(images.c.chain, chains)))
    if digests:
        listed = (
            select(manifest_images.c.image_id)
            .join(manifests, manifests.c.id == manifest_images.c.manifest_id)
            .where(among(manifests.c.digest, digests))
        )
        found.append(listed)
    return found


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


def _known(rows: list[AnyRow], address: Callable[[Repository], str]) -> KnownBase:
    watched = any(not row.published for row in rows)
    naming = [row for row in rows if not (watched and row.published)]
    first = rows[0]
    return KnownBase(
        image=first.image_id,
        digests=tuple(dict.fromkeys([first.digest, *(row.target for row in rows)])),
        diff_ids=tuple(first.diff_ids),
        names=tuple(dict.fromkeys(_name(row, address) for row in naming)),
        watched=watched,
        created=first.created,
        labels=frozenset(first.labels),
    )


def _name(row: AnyRow, address: Callable[[Repository], str]) -> str:
    home = Repository(row.registry, row.path)
    return f"{address(home)}{stream_name(home, row.by, row.name).removeprefix(str(home))}"
