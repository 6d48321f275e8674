"""What waits: images for a catalogue, catalogues for the comparison with what is derived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    false,
    func,
    or_,
    select,
)

from watcher.adapters.store.catalogues.audit import PENDING
from watcher.adapters.store.catalogues.findings import read
from watcher.adapters.store.catalogues.newest import newest
from watcher.adapters.store.rows import among, batches, still_open
from watcher.adapters.store.tables.inventory import bindings, images, repositories, streams
from watcher.adapters.store.tables.packages import (
    birth_findings,
    catalogue_sets,
    catalogues,
    direct_images,
    package_set_members,
    packages,
)
from watcher.domain.reference import Repository
from watcher.ports.store.catalogues import Newborn, Outdated, Uncatalogued

_TOGETHER: Final = 50  # catalogues whose own findings are in memory at once


@dataclass(frozen=True, slots=True)
class Ready:
    """A catalogue that can be compared, and what it is a catalogue of."""

    number: int
    subject: str  # registry/path@digest
    db_digest: str
    scanner: str


def uncatalogued(connection: Connection) -> list[Uncatalogued]:
    """Images that some stream points to now and that no scanner version has catalogued."""
    return _pointed_to(connection, ~exists().where(catalogues.c.image_id == bindings.c.image_id))


def outdated(connection: Connection, since: Outdated) -> list[Uncatalogued]:
    """Images that some stream points to now and whose newest catalogue is to be made again.

    Those that are matched by scans of their own are listed anew by each of them.
    """
    listed = catalogues.c
    old = or_(listed.scanner != since.scanner, listed.unknown_jars)
    any_at_all = exists().where(old, ~listed.direct)
    if not connection.scalar(select(any_at_all)):
        return []  # as in nearly every pass: one look, and none at the bindings
    another_java = listed.java_db_digest.is_distinct_from(since.java_db)
    renamed = (
        and_(listed.unknown_jars, another_java, listed.applied_at <= since.jars_before)
        if since.java_db
        else false()
    )
    alone = exists().where(direct_images.c.image_id == listed.image_id, still_open(direct_images))
    outdone = exists().where(
        listed.image_id == bindings.c.image_id,
        ~listed.direct,
        newest(),
        ~alone,
        or_(listed.scanner != since.scanner, renamed),
    )
    return _pointed_to(connection, outdone)


def _pointed_to(connection: Connection, condition: ColumnElement[bool]) -> list[Uncatalogued]:
    statement = (
        select(images, repositories.c.registry, repositories.c.path)
        .join(bindings, bindings.c.image_id == images.c.id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(condition, bindings.c.end_at.is_(None), bindings.c.superseded_in.is_(None))
        .order_by(images.c.id, repositories.c.id)
    )
    found: dict[int, Uncatalogued] = {}
    for row in connection.execute(statement):
        where = Repository(row.registry, row.path)
        one = Uncatalogued(row.id, where, row.digest, row.platform, row.layer_bytes)
        found.setdefault(row.id, one)
    return list(found.values())


def ready(connection: Connection, covered: frozenset[int]) -> list[Ready]:
    """Catalogues that wait for the comparison and whose contexts are all among the covered."""
    statement = (
        select(
            catalogues.c.id,
            catalogues.c.scanner,
            catalogues.c.db_digest,
            images.c.digest,
            func.min(repositories.c.id).label("repository"),
        )
        .join(images, images.c.id == catalogues.c.image_id)
        .join(bindings, bindings.c.image_id == images.c.id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(catalogues.c.audit == PENDING, catalogues.c.not_covered.is_(None))
        .group_by(catalogues.c.id, catalogues.c.scanner, catalogues.c.db_digest, images.c.digest)
        .order_by(catalogues.c.id)
    )
    rows = connection.execute(statement).all()
    if not rows:
        return []
    needed = contexts_of(connection, [row.id for row in rows])
    names = _repository_names(connection, {row.repository for row in rows})
    return [
        Ready(row.id, f"{names[row.repository]}@{row.digest}", row.db_digest, row.scanner)
        for row in rows
        if needed[row.id] <= covered
    ]


def in_batches(every: Iterable[Ready]) -> Iterator[list[Ready]]:
    """Cut catalogues into lists whose findings fit into memory."""
    yield from batches(every, _TOGETHER)


def newborn(connection: Connection, batch: Iterable[Ready]) -> list[Newborn]:
    """Catalogues with the scanner's own findings."""
    asked = list(batch)
    statement = select(birth_findings.c.catalogue_id, birth_findings.c.body)
    wanted = among(birth_findings.c.catalogue_id, (one.number for one in asked))
    rows = connection.execute(statement.where(wanted))
    bodies = {row.catalogue_id: row.body for row in rows}
    return [
        Newborn(
            one.number,
            one.subject,
            one.db_digest,
            one.scanner,
            read(bodies[one.number]) if one.number in bodies else (),
        )
        for one in asked
    ]


def contexts_of(connection: Connection, numbers: Iterable[int]) -> dict[int, set[int]]:
    """The contexts of each catalogue, by way of its sets: most are shared."""
    sets: dict[int, set[int]] = defaultdict(set)
    held = select(catalogue_sets.c.catalogue_id, catalogue_sets.c.set_id)
    for row in connection.execute(held.where(among(catalogue_sets.c.catalogue_id, numbers))):
        sets[row.catalogue_id].add(row.set_id)
    statement = (
        select(package_set_members.c.set_id, packages.c.context_id)
        .join(packages, packages.c.id == package_set_members.c.package_id)
        .where(
            among(package_set_members.c.set_id, set[int]().union(*sets.values())),
            packages.c.left_out.is_(None),
        )
        .distinct()
    )
    contexts: dict[int, set[int]] = defaultdict(set)
    for row in connection.execute(statement):
        contexts[row.set_id].add(row.context_id)
    found: dict[int, set[int]] = defaultdict(set)
    for number, members in sets.items():
        found[number] = set[int]().union(*(contexts[one] for one in members))
    return found


def _repository_names(connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
    statement = select(repositories).where(among(repositories.c.id, numbers))
    return {row.id: f"{row.registry}/{row.path}" for row in connection.execute(statement)}
