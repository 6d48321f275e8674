"""Where packages are held: from names to packages, from packages to images and streams."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, or_, select

from watcher.adapters.store.aliases import called, read_aliases
from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.catalogues.direct import shown
from watcher.adapters.store.catalogues.newest import newest
from watcher.adapters.store.engine import among, batches
from watcher.adapters.store.tables.inventory import bindings, images, repositories, streams
from watcher.adapters.store.tables.knowledge import matches, vulnerabilities
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    package_set_members,
    packages,
)
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import Holding, ListedPackage, Search, stream_name

_MEMBERS = package_set_members


@dataclass(frozen=True, slots=True)
class _Sought:
    """Packages found, each by number and purl, and the vulnerability they were found by."""

    listed: dict[tuple[int, str], ListedPackage]
    vulnerability: str | None


def read_holdings(connection: Connection, wanted: Search, upto: int) -> list[Holding]:
    """Where the packages are held that are searched, or that match the vulnerability searched."""
    found: dict[tuple[object, ...], Holding] = {}
    for sought in (_exposed(connection, wanted, upto), _named(connection, wanted)):
        for one in _held(connection, sought, upto):
            key = (one.track, one.image, one.package.purl, one.vulnerability)
            # An image may be bound again: what counts is whether it is now, else when last.
            if key not in found or _recency(found[key]) < _recency(one):
                found[key] = one
    return sorted(found.values(), key=_order)


def _recency(one: Holding) -> tuple[bool, float]:
    return one.until is None, (one.until or one.since).timestamp()


def _order(one: Holding) -> tuple[object, ...]:
    return (
        one.until is not None,
        one.stream,
        one.track.platform,
        -one.since.timestamp(),
        one.package.purl,
        one.vulnerability or "",
    )


def _named(connection: Connection, wanted: Search) -> _Sought:
    conditions = [packages.c.name.icontains(wanted.fragment, autoescape=True)]
    if wanted.in_purl:
        conditions.append(_MEMBERS.c.purl.icontains(wanted.fragment, autoescape=True))
    listed = _listed(connection, _packages().where(or_(*conditions)))
    return _Sought({key: one for key, one in listed.items() if wanted.accepts(one)}, None)


def _exposed(connection: Connection, wanted: Search, upto: int) -> _Sought:
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
    return _Sought(listed, min(names.values(), default=None))


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


def _held(connection: Connection, sought: _Sought, upto: int) -> Iterator[Holding]:
    for batch in batches(sorted({number for number, _ in sought.listed})):
        for row in connection.execute(_holders(batch, upto)):
            listed = sought.listed.get((row.package_id, row.purl))
            if listed is not None:
                yield _holding(row, listed, sought.vulnerability, upto)


def _holders(numbers: Collection[int], upto: int) -> Select[tuple[object, ...]]:
    return (
        select(
            _MEMBERS.c.package_id,
            _MEMBERS.c.purl,
            images.c.digest,
            bindings.c.stream_id,
            bindings.c.platform,
            bindings.c.start_at,
            bindings.c.end_at,
            bindings.c.closed_in,
            streams.c.by,
            streams.c.name,
            repositories.c.registry,
            repositories.c.path,
        )
        .join(catalogue_sets, catalogue_sets.c.set_id == _MEMBERS.c.set_id)
        .join(catalogues, catalogues.c.id == catalogue_sets.c.catalogue_id)
        .join(images, images.c.id == catalogues.c.image_id)
        .join(bindings, bindings.c.image_id == images.c.id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(_MEMBERS.c.package_id.in_(numbers))
        .where(visible(catalogues, upto), shown(upto), newest(upto))
        .where(visible(bindings, upto), streams.c.published)
        .distinct()
    )


def _holding(
    row: Row[tuple[object, ...]], listed: ListedPackage, vulnerability: str | None, upto: int
) -> Holding:
    ended = row.closed_in is not None and row.closed_in <= upto
    repository = Repository(row.registry, row.path)
    return Holding(
        track=Track(row.stream_id, row.platform),
        stream=stream_name(repository, row.by, row.name),
        repository=repository,
        image=row.digest,
        package=listed,
        vulnerability=vulnerability,
        since=row.start_at,
        until=row.end_at if ended else None,
    )
