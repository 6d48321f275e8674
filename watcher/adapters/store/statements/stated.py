"""Statements by the vulnerability they are about, whichever of its ids they name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from watcher.adapters.store.aliases import Aliases, sole_claims
from watcher.adapters.store.asof import visible
from watcher.adapters.store.rows import among
from watcher.adapters.store.statements.reading import read_statements
from watcher.adapters.store.tables.knowledge import alias_claims, vulnerabilities
from watcher.ports.store.vex import RecordedStatement

Stated = Mapping[int, Sequence[RecordedStatement]]  # by canonical number


def read_stated(connection: Connection, upto: int, aliases: Aliases) -> Stated:
    """Every statement recorded by a pass, by the vulnerabilities that it named."""
    statements = read_statements(connection, upto)
    if not statements:
        return {}
    return by_number(connection, upto, aliases, statements)


def by_number(
    connection: Connection, upto: int, aliases: Aliases, statements: Sequence[RecordedStatement]
) -> dict[int, list[RecordedStatement]]:
    """Sort statements by the canonical numbers of what they name; some may name nothing known."""
    names = {name for one in statements for name in one.statement.names}
    numbers = _numbers(connection, upto, names)
    found: dict[int, list[RecordedStatement]] = defaultdict(list)
    for one in statements:
        named = {numbers[name] for name in one.statement.names if name in numbers}
        for number in {aliases.of(each) for each in named}:
            found[number].append(one)
    return dict(found)


def _numbers(connection: Connection, upto: int, names: set[str]) -> dict[str, int]:
    """Vulnerabilities by their own names, and by those of advisories with exactly one CVE."""
    own = select(vulnerabilities.c.name, vulnerabilities.c.id).where(
        among(vulnerabilities.c.name, names), visible(vulnerabilities, upto)
    )
    found = {row.name: row.id for row in connection.execute(own)}
    named = select(alias_claims.c.alias).where(among(alias_claims.c.alias, names))
    for row in connection.execute(select(sole_claims(upto, named))):
        found[row.alias] = row.vulnerability_id
    return found
