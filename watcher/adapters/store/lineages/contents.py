"""What images hold and what that matches now, as proofs of bumps read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Select, exists, select

from watcher.adapters.store.catalogues.newest import newest
from watcher.adapters.store.engine import batches, still_open
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
from watcher.domain.lineage import Installed
from watcher.ports.store.lineages import Flaw

_SYSTEM_PURLS = ("pkg:deb/", "pkg:apk/", "pkg:rpm/")


def installed(connection: Connection, wanted: Collection[int]) -> dict[int, list[Installed]]:
    """The packages of those images that are catalogued and of which every package was matched.

    An image without packages has none; an image of which something was never matched is not known.
    """
    found: dict[int, list[Installed]] = {}
    for batch in batches(sorted(wanted)):
        listed = (catalogues.c.not_covered.is_(None), newest())
        of_them = (catalogues.c.image_id.in_(batch), *listed)
        known = set(connection.scalars(select(catalogues.c.image_id).where(*of_them)))
        known -= set(connection.scalars(_unmatched().where(*of_them)))
        found |= {image: [] for image in known}
        for row in connection.execute(_members().where(catalogues.c.image_id.in_(known))):
            system = row.purl.startswith(_SYSTEM_PURLS)
            found[row.image_id].append(Installed(row.id, row.name, row.layer, system))
    return found


def _members() -> Select[tuple[object, ...]]:
    """Every package of catalogues, with the layer it came with."""
    return (
        select(
            catalogues.c.image_id,
            package_sets.c.layer,
            packages.c.id,
            packages.c.name,
            package_set_members.c.purl,
        )
        .join(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
        .join(package_sets, package_sets.c.id == catalogue_sets.c.set_id)
        .join(package_set_members, package_set_members.c.set_id == package_sets.c.id)
        .join(packages, packages.c.id == package_set_members.c.package_id)
        .where(catalogues.c.not_covered.is_(None), newest())
    )


def _unmatched() -> Select[tuple[int]]:
    """Images with a package that is to be matched and never was."""
    ever = exists().where(package_coverage.c.package_id == packages.c.id)
    return (
        select(catalogues.c.image_id)
        .distinct()
        .join(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
        .join(package_set_members, package_set_members.c.set_id == catalogue_sets.c.set_id)
        .join(packages, packages.c.id == package_set_members.c.package_id)
        .where(packages.c.left_out.is_(None), ~ever)
    )


def flaws(connection: Connection, wanted: Collection[int]) -> dict[int, Sequence[Flaw]]:
    """What packages match now."""
    found: dict[int, list[Flaw]] = defaultdict(list)
    same = (assessments.c.package_id == matches.c.package_id) & (
        assessments.c.vulnerability_id == matches.c.vulnerability_id
    )
    statement = (
        select(assessments, vulnerabilities.c.name, vulnerabilities.c.published)
        .add_columns(packages.c.name.label("package"), packages.c.version)
        .join(matches, same & still_open(matches))
        .join(vulnerabilities, vulnerabilities.c.id == assessments.c.vulnerability_id)
        .join(packages, packages.c.id == assessments.c.package_id)
        .where(still_open(assessments))
    )
    for batch in batches(sorted(wanted)):
        for row in connection.execute(statement.where(packages.c.id.in_(batch))):
            flaw = Flaw(
                number=row.vulnerability_id,
                name=row.name,
                severity=row.severity,
                package=row.package,
                installed=row.version,
                fixed_version=row.fixed_version,
                published=row.published,
            )
            found[row.package_id].append(flaw)
    return dict(found)
