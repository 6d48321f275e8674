"""What is in scope of a match: contexts, their packages, and what stands matched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ColumnElement, Engine, exists, func, select, union

from watcher.adapters.store.catalogues.newest import replaced
from watcher.adapters.store.rows import still_open, unindexed
from watcher.adapters.store.statistics import count_grown
from watcher.adapters.store.tables.inventory import bindings
from watcher.adapters.store.tables.knowledge import (
    assessments,
    context_runs,
    matches,
    package_coverage,
    vulnerabilities,
)
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    package_set_members,
    packages,
)
from watcher.adapters.store.tables.packages import contexts as contexts_
from watcher.domain.package import Package
from watcher.ports.store.matches import Assessment, ContextState

Pair = tuple[int, str]


def contexts(engine: Engine, since: datetime, only: int | None = None) -> list[ContextState]:
    """Contexts with packages of images bound now or at some time after `since`: all, or one."""
    runs = (
        select(context_runs.c.context_id, func.max(context_runs.c.knowledge_id).label("last"))
        .group_by(context_runs.c.context_id)
        .subquery()
    )
    statement = (
        select(
            contexts_.c.id,
            contexts_.c.name,
            runs.c.last,
            func.count().filter(package_coverage.c.id.is_(None)).label("new"),
            func.count().label("packages"),
        )
        .join(packages, packages.c.context_id == contexts_.c.id)
        .outerjoin(package_coverage, _taking_part())
        .outerjoin(runs, runs.c.context_id == contexts_.c.id)
        .where(packages.c.left_out.is_(None), ~contexts_.c.direct, _in_scope(since))
        .group_by(contexts_.c.id, contexts_.c.name, runs.c.last)
        .order_by(contexts_.c.id)
    )
    if only is not None:
        statement = statement.where(contexts_.c.id == only)
    count_grown(engine)
    with engine.connect() as connection:
        return [
            ContextState(row.id, row.name, row.last, row.new, row.packages)
            for row in connection.execute(statement)
        ]


def packages_in(
    engine: Engine, context: int, since: datetime, *, only_new: bool
) -> dict[int, Package]:
    """The packages of a context, by id, of images bound now or at some time after `since`."""
    statement = (
        select(packages, contexts_.c.name.label("context"))
        .join(contexts_, contexts_.c.id == packages.c.context_id)
        .where(packages.c.context_id == context, packages.c.left_out.is_(None))
        .where(_in_scope(since))
        .order_by(packages.c.id)
    )
    if only_new:
        statement = statement.outerjoin(package_coverage, _taking_part())
        statement = statement.where(package_coverage.c.id.is_(None))
    with engine.connect() as connection:
        return {
            row.id: Package(row.context, row.identity, row.name, row.version, row.attributes)
            for row in connection.execute(statement)
        }


def taking_part(engine: Engine, context: int) -> dict[int, int | None]:
    """Packages of a context ever matched: the version that had them last, None while on."""
    statement = (
        select(package_coverage.c.package_id, package_coverage.c.to_knowledge)
        .join(packages, packages.c.id == package_coverage.c.package_id)
        .where(packages.c.context_id == context)
        .order_by(package_coverage.c.id)
    )
    with engine.connect() as connection:
        return {row.package_id: row.to_knowledge for row in connection.execute(statement)}


def held(engine: Engine, context: int) -> dict[Pair, Assessment]:
    """The open matches of a context, by package id and vulnerability name."""
    statement = (
        select(assessments, vulnerabilities.c.name, vulnerabilities.c.published)
        .join(vulnerabilities, vulnerabilities.c.id == assessments.c.vulnerability_id)
        .join(packages, packages.c.id == assessments.c.package_id)
        .where(packages.c.context_id == context, still_open(assessments))
    )
    with engine.connect() as connection:
        return {
            (row.package_id, row.name): Assessment(
                row.severity,
                row.severity_source,
                row.status,
                row.fixed_version,
                row.published is not None,
            )
            for row in connection.execute(statement)
        }


def findings_of(engine: Engine, context: int) -> dict[int, int]:
    """How many open matches each package of a context has; those without any are left out."""
    return _counted(engine, packages.c.id, packages.c.context_id == context)


def findings(engine: Engine) -> dict[int, int]:
    """How many open matches each context has."""
    return _counted(engine, packages.c.context_id)


def _counted(engine: Engine, by: Column[int], *where: ColumnElement[bool]) -> dict[int, int]:
    statement = (
        select(by.label("number"), func.count().label("matches"))
        .join(matches, matches.c.package_id == packages.c.id)
        .where(still_open(matches), *where)
        .group_by(by)
    )
    with engine.connect() as connection:
        return {row.number: row.matches for row in connection.execute(statement)}


def _in_scope(since: datetime) -> ColumnElement[bool]:
    """The condition that a package is in an image bound now or at some time after `since`.

    The sets of such images are found once; a package is asked for until one of its own is met.
    """
    bound = select(bindings.c.image_id).where(bindings.c.superseded_in.is_(None))
    lately = union(bound.where(bindings.c.end_at.is_(None)), bound.where(bindings.c.end_at > since))
    sets = (
        select(catalogue_sets.c.set_id)
        .join(catalogues, catalogues.c.id == catalogue_sets.c.catalogue_id)
        .where(catalogues.c.image_id.in_(lately), catalogues.c.not_covered.is_(None))
        .where(~replaced())
        .distinct()
    )
    members = package_set_members.c
    return exists().where(members.package_id == packages.c.id, unindexed(members.set_id).in_(sets))


def _taking_part() -> ColumnElement[bool]:
    """The condition that joins a package with its taking part in matches, while it does."""
    on = package_coverage.c.to_knowledge.is_(None)
    return on & (package_coverage.c.package_id == packages.c.id)
