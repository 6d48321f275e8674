"""One image: what it is, who points to it, what it consists of and what was found in it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, Row, Select, and_, func, select

from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.catalogues.direct import reason_of, shown
from watcher.adapters.store.tables.inventory import bindings, images, repositories, streams
from watcher.adapters.store.tables.knowledge import assessments, matches, vulnerabilities
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    package_set_members,
    package_sets,
    packages,
)
from watcher.adapters.store.views.history import named_track, read_bases
from watcher.adapters.store.views.rated import severity_rank
from watcher.domain.reference import Repository
from watcher.ports.store.browsing import (
    InstalledPackage,
    Pointing,
    PresentFinding,
    ShownBase,
    ShownImage,
)

_MEMBERS = package_set_members


def read_image(
    connection: Connection, repository: Repository, digest: str, upto: int
) -> ShownImage | None:
    """An image that a stream of the repository points to, or did."""
    pointed = (
        select(bindings.c.image_id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(repositories.c.registry == repository.registry)
        .where(repositories.c.path == repository.path, visible(bindings, upto))
    )
    statement = select(images).where(images.c.digest == digest, images.c.id.in_(pointed))
    row = connection.execute(statement.order_by(images.c.id)).first()
    if row is None:
        return None
    listed = connection.execute(_catalogue(row.id, upto)).first()
    base = read_bases(connection, [row.id], upto).get(row.id)
    return replace(_shown(row, listed, base, upto), alone=reason_of(connection, row.id, upto))


def _catalogue(image: int, upto: int) -> Select[tuple[object, ...]]:
    """The newest catalogue of an image, of the kind that it is shown by."""
    statement = select(catalogues).where(catalogues.c.image_id == image, shown(upto))
    return statement.where(visible(catalogues, upto)).order_by(catalogues.c.id.desc()).limit(1)


def _shown(
    row: Row[tuple[object, ...]],
    listed: Row[tuple[object, ...]] | None,
    base: ShownBase | None,
    upto: int,
) -> ShownImage:
    audited = listed is not None and listed.audited_in is not None and listed.audited_in <= upto
    return ShownImage(
        number=row.id,
        digest=row.digest,
        platform=row.platform,
        created=row.created,
        diff_ids=tuple(row.diff_ids),
        labels=dict(row.labels),
        os=f"{listed.os_family} {listed.os_version}".strip() or None if listed else None,
        scanner=listed.scanner if listed else None,
        end_of_life=listed.end_of_life if listed else None,
        not_covered=listed.not_covered if listed else None,
        audit=listed.audit if listed and audited else None,
        differences=tuple(listed.differences) if listed and audited else (),
        packages=listed.package_count if listed else None,
        base=base,
    )


def read_pointing(connection: Connection, image: int, upto: int) -> list[Pointing]:
    """The tracks that point to an image, or did; those that do come first."""
    statement = (
        select(
            bindings,
            streams.c.by,
            streams.c.name,
            streams.c.published,
            repositories.c.registry,
            repositories.c.path,
        )
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(bindings.c.image_id == image, visible(bindings, upto))
    )
    found = [
        Pointing(
            named_track(row),
            row.start_at,
            row.end_at if row.closed_in is not None and row.closed_in <= upto else None,
        )
        for row in connection.execute(statement)
    ]
    return sorted(found, key=lambda one: (one.until is not None, one.stream.stream, one.since))


def read_packages(
    connection: Connection, image: int, upto: int, offset: int, at_most: int
) -> list[InstalledPackage]:
    """Part of the packages of an image, by name."""
    newest = _catalogue(image, upto).with_only_columns(catalogues.c.id).scalar_subquery()
    statement = (
        select(
            packages.c.name,
            packages.c.version,
            packages.c.left_out,
            _MEMBERS.c.purl,
            _MEMBERS.c.path,
            package_sets.c.layer,
        )
        .join(_MEMBERS, _MEMBERS.c.package_id == packages.c.id)
        .join(package_sets, package_sets.c.id == _MEMBERS.c.set_id)
        .join(catalogue_sets, catalogue_sets.c.set_id == _MEMBERS.c.set_id)
        .where(catalogue_sets.c.catalogue_id == newest)
        .order_by(packages.c.name, packages.c.version, _MEMBERS.c.path, _MEMBERS.c.id)
        .offset(offset)
        .limit(at_most)
    )
    return [
        InstalledPackage(row.name, row.version, row.purl, row.path, row.layer, row.left_out)
        for row in connection.execute(statement)
    ]


def read_findings(
    connection: Connection, image: int, upto: int, at_most: int
) -> tuple[int, list[PresentFinding]]:
    """How many findings an image has, and the worst of them."""
    found = _findings(image, upto)
    total = connection.scalar(select(func.count()).select_from(found.subquery())) or 0
    worst = found.order_by(
        severity_rank(assessments.c.severity), vulnerabilities.c.name, packages.c.name
    )
    return total, [
        PresentFinding(
            vulnerability=row.vulnerability,
            title=row.title,
            severity=row.severity,
            status=row.status,
            fixed_version=row.fixed_version,
            package=row.package,
            version=row.version,
        )
        for row in connection.execute(worst.limit(at_most))
    ]


def _findings(image: int, upto: int) -> Select[tuple[object, ...]]:
    newest = _catalogue(image, upto).with_only_columns(catalogues.c.id).scalar_subquery()
    held = (
        select(_MEMBERS.c.package_id)
        .join(catalogue_sets, catalogue_sets.c.set_id == _MEMBERS.c.set_id)
        .where(catalogue_sets.c.catalogue_id == newest)
    )
    last = (
        select(func.max(assessments.c.id))
        .where(assessments.c.package_id == matches.c.package_id)
        .where(assessments.c.vulnerability_id == matches.c.vulnerability_id)
        .where(visible(assessments, upto))
        .correlate(matches)
        .scalar_subquery()
    )
    return (
        select(
            vulnerabilities.c.name.label("vulnerability"),
            vulnerabilities.c.title,
            assessments.c.severity,
            assessments.c.status,
            assessments.c.fixed_version,
            packages.c.name.label("package"),
            packages.c.version,
        )
        .select_from(matches)
        .join(vulnerabilities, vulnerabilities.c.id == matches.c.vulnerability_id)
        .join(packages, packages.c.id == matches.c.package_id)
        .join(assessments, and_(assessments.c.id == last))
        .where(matches.c.package_id.in_(held))
        .where(visible(matches, upto), unended(matches, upto))
    )
