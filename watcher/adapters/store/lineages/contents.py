"""What images hold and what that matches now, as proofs of bumps read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, case, exists, or_, select

from watcher.adapters.store.aliases import LAST, read_aliases, read_renames
from watcher.adapters.store.catalogues.direct import in_force
from watcher.adapters.store.columns.reading import rows
from watcher.adapters.store.engine import batches, still_open
from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.knowledge import (
    assessments,
    matches,
    package_coverage,
    vulnerabilities,
)
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    package_set_members,
    package_sets,
    packages,
)
from watcher.domain.lineage import Contents, Installed, PackageSet, System
from watcher.ports.store.lineages import Flaw

_SYSTEM_PURLS = ("pkg:deb/", "pkg:apk/", "pkg:rpm/")


def contents(connection: Connection, wanted: Collection[int]) -> Contents:
    """What those images hold that are catalogued and of which every package was matched.

    An image without packages holds none; an image of which something was never matched is not
    known. Sets are read once, however many images have them.
    """
    held: dict[int, list[int]] = {}
    systems: dict[int, System] = {}
    ended: dict[tuple[str, str, bool], System] = {}
    layers: dict[int, str] = {}
    for batch in batches(sorted(wanted), _IMAGES):
        statement = _LISTED.where(among(catalogues.c.image_id, batch), in_force())
        for image, family, version, end_of_life, number, layer in _rows(connection, statement):
            told = family, version, bool(end_of_life)
            if told not in ended:
                ended[told] = System(f"{family} {version}".strip(), told[2])
            systems[image] = ended[told]
            sets = held.setdefault(image, [])
            if number is not None:
                sets.append(number)
                layers[number] = layer
    unmatched = _unmatched(connection, layers.keys())
    known = {number: layer for number, layer in layers.items() if number not in unmatched}
    read = {one.number: one for one in _sets(connection, known)}
    return Contents(
        sets={
            image: tuple(read[one] for one in sorted(sets))
            for image, sets in held.items()
            if unmatched.isdisjoint(sets)
        },
        systems=systems,
    )


_LISTED = select(
    catalogues.c.image_id,
    catalogues.c.os_family,
    catalogues.c.os_version,
    catalogues.c.end_of_life,
    catalogue_sets.c.set_id,
    package_sets.c.layer,
)
_LISTED = _LISTED.outerjoin(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
_LISTED = _LISTED.outerjoin(package_sets, package_sets.c.id == catalogue_sets.c.set_id)


def _unmatched(connection: Connection, sets: Collection[int]) -> frozenset[int]:
    """Those sets that have a package which is to be matched and never was."""
    members = package_set_members.c
    ever = exists().where(package_coverage.c.package_id == packages.c.id)
    statement = (
        select(members.set_id)
        .distinct()
        .join(packages, packages.c.id == members.package_id)
        .where(among(members.set_id, sets), packages.c.left_out.is_(None), ~ever)
    )
    return frozenset(connection.scalars(statement)) if sets else frozenset()


def _sets(connection: Connection, layers: Mapping[int, str]) -> Iterator[PackageSet]:
    """Sets with their packages; one package is one object, in whichever sets it is."""
    if not layers:
        return
    wanted = layers.keys()
    members = package_set_members.c
    packaged = _packages(connection, wanted)
    held: dict[int, list[Installed]] = defaultdict(list)
    inside = select(members.set_id, members.package_id).where(among(members.set_id, wanted))
    for number, package in _rows(connection, inside):
        held[number].append(packaged[package])
    for number, layer in layers.items():
        yield PackageSet(number, layer, tuple(held[number]))


def _packages(connection: Connection, sets: Collection[int]) -> dict[int, Installed]:
    """The packages of sets, each once; one that any image has as its system's is the system's."""
    members = package_set_members.c
    of_system = or_(*(members.purl.startswith(kind) for kind in _SYSTEM_PURLS))
    statement = (
        select(members.package_id, packages.c.name, packages.c.context_id)
        .add_columns(case((of_system, 1), else_=0))
        .join(packages, packages.c.id == members.package_id)
        .where(among(members.set_id, sets))
        .distinct()
    )
    found: dict[int, Installed] = {}
    for number, name, context, system in _rows(connection, statement):
        if system or number not in found:
            found[number] = Installed(number, name, bool(system), context)
    return found


def _rows(connection: Connection, statement: Select[Any]) -> Iterator[Sequence[Any]]:
    """Rows as the driver gives them: there are many."""
    for batch in rows(connection, statement):
        yield from batch


def flaws(connection: Connection, wanted: Collection[int]) -> dict[int, Sequence[Flaw]]:
    """What packages match now; an advisory that is a CVE goes by that."""
    merged = read_aliases(connection, LAST)
    names = read_renames(connection, None)
    others = _others(names)
    found: dict[int, list[Flaw]] = defaultdict(list)
    same = (assessments.c.package_id == matches.c.package_id) & (
        assessments.c.vulnerability_id == matches.c.vulnerability_id
    )
    statement = (
        select(
            *(assessments.c[name] for name in ("package_id", "vulnerability_id", "severity")),
            assessments.c.fixed_version,
            vulnerabilities.c.name,
            vulnerabilities.c.published,
            packages.c.name.label("package"),
            packages.c.version,
        )
        .join(matches, same & still_open(matches))
        .join(vulnerabilities, vulnerabilities.c.id == assessments.c.vulnerability_id)
        .join(packages, packages.c.id == assessments.c.package_id)
        .where(still_open(assessments))
    )
    for batch in batches(sorted(wanted), _PACKAGES):
        for row in connection.execute(statement.where(among(packages.c.id, batch))):
            name = names.get(row.name, row.name)
            flaw = _flaw(row, merged.of(row.vulnerability_id), name, others.get(name, ()))
            found[row.package_id].append(flaw)
    return dict(found)


_PACKAGES = 5_000  # of which flaws are asked for at once
_IMAGES = 5_000  # whose lists are asked for at once


def _flaw(row: Row[tuple[Any, ...]], number: int, name: str, others: tuple[str, ...]) -> Flaw:
    return Flaw(
        number=number,
        name=name,
        severity=row.severity,
        package=row.package,
        installed=row.version,
        fixed_version=row.fixed_version,
        published=row.published,
        others=others,
    )


def _others(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The other ids of vulnerabilities, by the one they go by."""
    found: dict[str, list[str]] = defaultdict(list)
    for other, name in sorted(names.items()):
        found[name].append(other)
    return {name: tuple(told) for name, told in found.items()}
