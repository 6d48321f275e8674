"""Sets of packages that match last, kept once however many episodes have the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256

from sqlalchemy import Connection, select

from watcher.adapters.store.rows import add_numbered, among
from watcher.adapters.store.tables.ledger import affected_sets
from watcher.ports.store.passes import PassRecord

Packages = frozenset[int]


def numbered(
    connection: Connection, this: PassRecord, wanted: Collection[Packages]
) -> dict[Packages, int]:
    """The numbers of sets of packages; those that are new are added."""
    names = {fingerprint(one): one for one in wanted}
    statement = select(affected_sets.c.id, affected_sets.c.sha256)
    rows = connection.execute(statement.where(among(affected_sets.c.sha256, names)))
    held = {row.sha256: row.id for row in rows}
    new = sorted(names.keys() - held.keys())
    added = add_numbered(
        connection,
        affected_sets,
        [
            {"sha256": name, "packages": sorted(names[name]), "opened_in": this.number}
            for name in new
        ],
    )
    held |= dict(zip(new, added, strict=True))
    return {one: held[name] for name, one in names.items()}


def read_sets(connection: Connection, numbers: Iterable[int]) -> dict[int, Packages]:
    """Sets of packages by their numbers."""
    statement = select(affected_sets.c.id, affected_sets.c.packages)
    rows = connection.execute(statement.where(among(affected_sets.c.id, numbers)))
    return {row.id: frozenset(row.packages) for row in rows}


def fingerprint(packages: Packages) -> str:
    """What a set of packages is known by."""
    return sha256(",".join(map(str, sorted(packages))).encode()).hexdigest()
