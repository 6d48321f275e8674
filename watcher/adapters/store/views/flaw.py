"""One vulnerability: what is known of it, and which packages it concerns."""

from __future__ import annotations

from sqlalchemy import Connection, and_, case, func, select

from watcher.adapters.store.aliases import called, read_aliases, read_names
from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.knowledge import assessments, matches, vulnerabilities
from watcher.adapters.store.tables.packages import contexts, packages
from watcher.ports.store.browsing import ConcernedPackage, ShownFlaw


def read_flaw(connection: Connection, name: str, upto: int) -> ShownFlaw | None:
    """A vulnerability by any of its ids, in whatever letter case."""
    statement = (
        select(vulnerabilities)
        .where(vulnerabilities.c.id.in_(called(name, upto)), visible(vulnerabilities, upto))
        .order_by(vulnerabilities.c.name != name, vulnerabilities.c.id)
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
    told = row.published_in is not None and row.published_in <= upto
    names = read_names(connection, upto, [row.id]).get(row.id, ())
    return ShownFlaw(row.name, row.title, row.published if told else None, row.in_db_at, names)


def read_concerned(
    connection: Connection, name: str, upto: int, at_most: int
) -> list[ConcernedPackage]:
    """Packages that a vulnerability concerns, those first that it still does."""
    current = func.max(case((unended(matches, upto), 1), else_=0)).label("current")
    numbers = connection.scalars(called(name, upto))
    every = read_aliases(connection, upto).closed(numbers)
    matched = (
        select(matches.c.package_id, current)
        .where(among(matches.c.vulnerability_id, every), visible(matches, upto))
        .group_by(matches.c.package_id)
        .subquery()
    )
    last = (
        select(func.max(assessments.c.id))
        .where(assessments.c.package_id == matched.c.package_id)
        .where(among(unindexed(assessments.c.vulnerability_id), every))
        .where(visible(assessments, upto))
        .correlate(matched)
        .scalar_subquery()
    )
    statement = (
        select(
            packages.c.name,
            packages.c.version,
            contexts.c.name.label("context"),
            assessments,
            matched.c.current,
        )
        .select_from(matched)
        .join(packages, packages.c.id == matched.c.package_id)
        .join(contexts, contexts.c.id == packages.c.context_id)
        .join(assessments, and_(assessments.c.id == last))
        .order_by(matched.c.current.desc(), packages.c.name, contexts.c.name, packages.c.version)
        .limit(at_most)
    )
    return [
        ConcernedPackage(
            name=row.name,
            version=row.version,
            context=row.context,
            severity=row.severity,
            severity_source=row.severity_source,
            status=row.status,
            fixed_version=row.fixed_version,
            current=bool(row.current),
        )
        for row in connection.execute(statement)
    ]
