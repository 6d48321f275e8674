"""The bases of images as they were found out; found out otherwise later, they are superseded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection, func, or_, select, update

from watcher.adapters.store.engine import Row as NewRow
from watcher.adapters.store.engine import add_rows, batches
from watcher.adapters.store.lineages.claims import told_of
from watcher.adapters.store.lineages.heads import NOW, AnyRow, bound
from watcher.adapters.store.tables.attestations import attestations
from watcher.adapters.store.tables.inventory import base_identities, bindings, images
from watcher.adapters.store.tables.passes import passes
from watcher.domain.lineage import BaseIdentity, Provenance, Subject
from watcher.domain.reference import Repository
from watcher.ports.store.lineages import Unidentified
from watcher.ports.store.passes import PassRecord

Told = tuple[object, ...]


def missing(connection: Connection, *, again: bool) -> list[int]:
    """The images that streams point to whose base nobody looked for; `again`: all of them.

    One of which its builder has told something since is looked at anew.
    """
    statement = select(bindings.c.image_id).where(NOW, bindings.c.image_id.is_not(None)).distinct()
    if not again:
        told = select(base_identities.c.image_id)
        since = select(func.coalesce(func.max(passes.c.id), 0)).where(passes.c.identified)
        attested = (
            select(images.c.id)
            .join(attestations, attestations.c.subject == images.c.digest)
            .where(attestations.c.kind == "provenance")
            .where(attestations.c.opened_in > since.scalar_subquery())
        )
        new = bindings.c.image_id.not_in(told)
        statement = statement.where(or_(new, bindings.c.image_id.in_(attested)))
    return sorted(connection.scalars(statement))


def subjects(
    connection: Connection,
    wanted: Iterable[int],
    address: Callable[[Repository], str],
    provenances: Callable[[Connection, Iterable[str]], Mapping[str, Provenance]],
) -> list[Unidentified]:
    """What is known of images whose base is looked for; `provenances` are by digest."""
    found: dict[int, list[AnyRow]] = defaultdict(list)
    statement = bound().where(NOW, images.c.id.in_(list(wanted)))
    for row in connection.execute(statement):
        found[row.image_id].append(row)
    digests = {row.digest for rows in found.values() for row in rows}
    attested = provenances(connection, digests)
    return [
        Unidentified(found[number][0].platform, _subject(found[number], address, attested))
        for number in sorted(found)
    ]


def _subject(
    rows: list[AnyRow],
    address: Callable[[Repository], str],
    attested: Mapping[str, Provenance],
) -> Subject:
    row = rows[0]
    return Subject(
        image=row.image_id,
        digest=row.digest,
        diff_ids=tuple(row.diff_ids),
        layers=tuple(row.layers),
        repositories=frozenset(address(Repository(one.registry, one.path)) for one in rows),
        created=row.created,
        labels=frozenset(row.labels),
        told=told_of(row),
        provenance=attested.get(row.digest),
    )


def record(
    connection: Connection, this: PassRecord, found: Mapping[int, BaseIdentity | None]
) -> None:
    """Record the bases of images, and that all were looked for that are known so far."""
    held = _held(connection, found)
    changed = {image: one for image, one in found.items() if held.get(image) != _told(one)}
    for batch in batches(sorted(image for image in changed if image in held)):
        outdated = update(base_identities).where(
            base_identities.c.image_id.in_(batch), base_identities.c.superseded_in.is_(None)
        )
        connection.execute(outdated.values(superseded_in=this.number))
    rows = [_row(this, image, one) for image, one in sorted(changed.items())]
    add_rows(connection, base_identities, rows)
    done = update(passes).where(passes.c.id == this.number)
    connection.execute(done.values(identified=True))


def _held(connection: Connection, wanted: Iterable[int]) -> dict[int, Told]:
    found: dict[int, Told] = {}
    for batch in batches(sorted(wanted)):
        statement = select(base_identities).where(
            base_identities.c.image_id.in_(batch), base_identities.c.superseded_in.is_(None)
        )
        for row in connection.execute(statement):
            told = (row.base_image_id, row.name, row.digest, row.grade, row.evidence)
            found[row.image_id] = told
    return found


def _told(one: BaseIdentity | None) -> Told:
    if one is None:
        return (None, None, None, None, None)
    return (one.image, one.name, one.digest, one.grade, one.evidence)


def _row(this: PassRecord, image: int, one: BaseIdentity | None) -> NewRow:
    base, name, digest, grade, evidence = _told(one)
    return {
        "image_id": image,
        "base_image_id": base,
        "name": name,
        "digest": digest,
        "grade": grade,
        "evidence": evidence,
        "opened_in": this.number,
    }
