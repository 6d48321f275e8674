"""What completed matches say of which advisory is which CVE."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from watcher.adapters.store.copying import Row
from watcher.adapters.store.matches.naming import numbers_of
from watcher.adapters.store.rows import add_rows, among, still_open
from watcher.adapters.store.tables.knowledge import alias_claims, vulnerabilities
from watcher.domain.alias import Claim, contradicted
from watcher.ports.store.matches import ContextMatch
from watcher.ports.store.passes import PassRecord


def record_claims(connection: Connection, this: PassRecord, match: ContextMatch) -> None:
    """Record claims that are new; a match of the whole context ends those it contradicts."""
    if not match.claims:
        return
    standing = _standing(connection, match.context)
    if match.whole:
        over = [standing[claim] for claim in contradicted(standing, match.claims)]
        if over:
            end = update(alias_claims).where(among(alias_claims.c.id, over))
            connection.execute(end.values(closed_in=this.number))
    new = sorted(match.claims - standing.keys())
    numbers = numbers_of(connection, {cve for _, cve in new})
    rows: list[Row] = [
        {
            "context_id": match.context,
            "alias": alias,
            "vulnerability_id": numbers[cve],
            "opened_in": this.number,
        }
        for alias, cve in new
    ]
    add_rows(connection, alias_claims, rows)


def _standing(connection: Connection, context: int) -> dict[Claim, int]:
    """The claims of a context in force, with their rows' numbers."""
    statement = (
        select(alias_claims.c.id, alias_claims.c.alias, vulnerabilities.c.name)
        .join(vulnerabilities, vulnerabilities.c.id == alias_claims.c.vulnerability_id)
        .where(alias_claims.c.context_id == context, still_open(alias_claims))
    )
    return {(row.alias, row.name): row.id for row in connection.execute(statement)}
