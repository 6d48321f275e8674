"""What a search is about: packages by their names, or by a vulnerability that they have."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Select, or_, select

from watcher.adapters.store.aliases import called, read_aliases
from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.engine import among, batches
from watcher.adapters.store.tables.knowledge import matches, vulnerabilities
from watcher.adapters.store.tables.packages import package_set_members, packages
from watcher.ports.store.views import ListedPackage, Search

_MEMBERS = package_set_members


@dataclass(frozen=True, slots=True)
class Sought:
    """Packages found, each by number and purl, and the vulnerability they were found by."""

    listed: dict[tuple[int, str], ListedPackage]
    vulnerability: str | None

    @property
    def numbers(self) -> list[int]:
        """The packages' numbers."""
        return sorted({number for number, _ in self.listed})


def read_sought(connection: Connection, wanted: Search, upto: int) -> tuple[Sought, Sought]:
    """The packages that match the vulnerability searched, and those whose names are searched."""
    return _exposed(connection, wanted, upto), _named(connection, wanted)


def _named(connection: Connection, wanted: Search) -> Sought:
    conditions = [packages.c.name.icontains(wanted.fragment, autoescape=True)]
    if wanted.in_purl:
        conditions.append(_MEMBERS.c.purl.icontains(wanted.fragment, autoescape=True))
    listed = _listed(connection, _packages().where(or_(*conditions)))
    return Sought({key: one for key, one in listed.items() if wanted.accepts(one)}, None)


def _exposed(connection: Connection, wanted: Search, upto: int) -> Sought:
    """Packages that match the vulnerability, by any of its ids, as it stood recorded."""
    of = (vulnerabilities.c.id, vulnerabilities.c.name)
    sought = vulnerabilities.c.id.in_(called(wanted.vulnerability, upto))
    names = {row.id: row.name for row in connection.execute(select(*of).where(sought))}
    every = read_aliases(connection, upto).closed(names)
    statement = select(matches.c.package_id.distinct()).where(
        among(matches.c.vulnerability_id, every), visible(matches, upto), unended(matches, upto)
    )
    listed: dict[tuple[int, str], ListedPackage] = {}
    for batch in batches(sorted(connection.scalars(statement)) if names else []):
        listed |= _listed(connection, _packages().where(packages.c.id.in_(batch)))
    return Sought(listed, min(names.values(), default=None))


def _packages() -> Select[tuple[int, str, str, str]]:
    return (
        select(packages.c.id, packages.c.name, packages.c.version, _MEMBERS.c.purl)
        .join(_MEMBERS, _MEMBERS.c.package_id == packages.c.id)
        .distinct()
    )


def _listed(
    connection: Connection, statement: Select[tuple[int, str, str, str]]
) -> dict[tuple[int, str], ListedPackage]:
    return {
        (row.id, row.purl): ListedPackage(row.name, row.version, row.purl)
        for row in connection.execute(statement)
    }
