"""Ids of one vulnerability as recorded: an advisory with exactly one CVE is that CVE."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from sqlalchemy import CompoundSelect, Connection, Select, Subquery, func, select

from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.knowledge import alias_claims, vulnerabilities

LAST: Final = (1 << 31) - 1  # a pass behind every other


@dataclass(frozen=True)
class Aliases:
    """Vulnerabilities that were matched under another id before or beside their CVE, by number."""

    canonical: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def members(self) -> Mapping[int, frozenset[int]]:
        """The other numbers of a vulnerability, by its canonical one."""
        found: dict[int, set[int]] = defaultdict(set)
        for member, number in self.canonical.items():
            found[number].add(member)
        return {number: frozenset(members) for number, members in found.items()}

    def of(self, number: int) -> int:
        """The number under which a vulnerability is told of."""
        return self.canonical.get(number, number)

    def all_of(self, number: int) -> frozenset[int]:
        """Every number of a vulnerability, given its canonical one."""
        return self.members.get(number, frozenset()) | {number}

    def closed(self, numbers: Iterable[int]) -> frozenset[int]:
        """Every number of the vulnerabilities that these are of."""
        return frozenset[int]().union(*(self.all_of(self.of(one)) for one in numbers))

    def moved(self, before: Aliases) -> frozenset[int]:
        """The numbers that are told of under another one than before."""
        both = self.canonical.keys() | before.canonical.keys()
        return frozenset(one for one in both if self.of(one) != before.of(one))


def read_aliases(connection: Connection, upto: int) -> Aliases:
    """Read which matched vulnerabilities were others' as it stood recorded after a pass."""
    pairs = members(upto)
    return Aliases({row.member: row.number for row in connection.execute(select(pairs))})


def members(upto: int) -> Subquery:
    """Matched advisories that were a CVE, each `member` with that `number`."""
    of = select(vulnerabilities.c.name).where(vulnerabilities.c.name.not_like("CVE-%"))
    sole = sole_claims(upto, of)
    return (
        select(vulnerabilities.c.id.label("member"), sole.c.vulnerability_id.label("number"))
        .join(sole, sole.c.alias == vulnerabilities.c.name)
        .where(visible(vulnerabilities, upto))
        .subquery("members")
    )


def sole_claims(upto: int, of: Select[tuple[str]] | None = None) -> Subquery:
    """Aliases that stood for exactly one vulnerability, with it: all, or `of` some."""
    claims = alias_claims.c
    sole = (
        select(claims.alias, func.min(claims.vulnerability_id).label("vulnerability_id"))
        .where(visible(alias_claims, upto), unended(alias_claims, upto))
        .group_by(claims.alias)
        .having(func.count(claims.vulnerability_id.distinct()) == 1)
    )
    return (sole if of is None else sole.where(claims.alias.in_(of))).subquery("sole_claims")


def read_names(
    connection: Connection, upto: int, numbers: Iterable[int]
) -> dict[int, tuple[str, ...]]:
    """The other ids of vulnerabilities, in the order of the alphabet, by canonical number."""
    named = select(alias_claims.c.alias).where(among(alias_claims.c.vulnerability_id, numbers))
    found: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(select(sole_claims(upto, named))):
        found[row.vulnerability_id].append(row.alias)
    return {number: tuple(sorted(names)) for number, names in found.items()}


def read_renames(connection: Connection, upto: int | None) -> dict[str, str]:
    """The CVEs of matched advisories, by name, as recorded after a pass; None: as of now."""
    cves, sole = vulnerabilities.alias(), sole_claims(LAST if upto is None else upto)
    statement = (
        select(vulnerabilities.c.name, cves.c.name.label("cve"))
        .join(sole, sole.c.alias == vulnerabilities.c.name)
        .join(cves, cves.c.id == sole.c.vulnerability_id)
    )
    return {row.name: row.cve for row in connection.execute(statement)}


def merged_into(numbers: Select[tuple[int]], upto: int) -> Select[tuple[int]]:
    """The CVEs of those vulnerabilities that are advisories of exactly one."""
    names = select(vulnerabilities.c.name).where(vulnerabilities.c.id.in_(numbers))
    return select(sole_claims(upto, names).c.vulnerability_id)


def called(name: str, upto: int) -> CompoundSelect[tuple[int]]:
    """The canonical numbers of what is called by an id, in whatever letter case."""
    lower, of = name.lower(), alias_claims.c.alias
    sole = sole_claims(upto, select(of).where(func.lower(of) == lower))
    number = func.coalesce(sole.c.vulnerability_id, vulnerabilities.c.id)
    return (
        select(number)
        .select_from(vulnerabilities)
        .outerjoin(sole, sole.c.alias == vulnerabilities.c.name)
        .where(visible(vulnerabilities, upto), func.lower(vulnerabilities.c.name) == lower)
        .union(select(sole.c.vulnerability_id))
    )
