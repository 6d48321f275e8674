"""Coverage of every track, read in a fixed number of queries however many there are."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, exists, func, select

from watcher.adapters.store.asof import standing, unended, visible
from watcher.adapters.store.tables.inventory import (
    bindings,
    repositories,
    repository_scopes,
    streams,
)
from watcher.adapters.store.tables.knowledge import package_coverage
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    contexts,
    package_set_members,
    packages,
)
from watcher.adapters.store.views.bases import read_bases
from watcher.adapters.store.views.coverage import ContextPart, Evidence, because
from watcher.adapters.store.views.current import catalogued, heads
from watcher.adapters.store.views.freshness import read_failures, read_freshness
from watcher.adapters.store.views.sampling.freshness import read_fresh
from watcher.adapters.store.views.sampling.images import matched_late
from watcher.adapters.store.views.sampling.moments import Moments
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import Coverage, Unlisted, WatchedHead


def read_coverage(
    connection: Connection, upto: int, as_of: datetime, stale_after: timedelta
) -> dict[Track, Coverage]:
    """Judge every track ever bound; one that ended has nothing left to be covered."""
    evidence = _evidence(connection, upto, as_of, stale_after)
    found = _ended(connection, upto)
    return found | {head.track: evidence.judge(head) for head in heads(connection, upto)}


def read_watched(
    connection: Connection, upto: int, as_of: datetime, stale_after: timedelta
) -> list[WatchedHead]:
    """Judge what published streams point to, and tell what that is built on."""
    moments = Moments([as_of], [upto])
    fresh = read_fresh(connection, moments, stale_after)
    # What an image has in contexts matters where one of them is behind, which is not for long.
    behind = bool(fresh.stale[0]) or bool(matched_late(connection, moments))
    evidence = _evidence(connection, upto, as_of, stale_after, contexts=behind)
    bases = read_bases(connection, upto)
    judged = ((head, evidence.judge(head)) for head in heads(connection, upto))
    return [
        WatchedHead(
            track=head.track,
            repository=head.repository,
            by=head.by,
            name=head.name,
            digest=head.digest or head.target,
            since=head.since,
            reason=None if told.covered else told.reason or "not covered",
            direct=told.direct,
            base=bases[head.image].name if head.image in bases else None,
        )
        for head, told in judged
    ]


def _evidence(
    connection: Connection,
    upto: int,
    as_of: datetime,
    stale_after: timedelta,
    *,
    contexts: bool = True,
) -> Evidence:
    """All that coverage is judged by; without `contexts` they are held to be matched and fresh."""
    return Evidence(
        as_of=as_of,
        stale_after=stale_after,
        freshness=read_freshness(connection, upto),
        failures=read_failures(connection, upto),
        catalogues=catalogued(connection, upto),
        contexts=_contexts(connection, upto) if contexts else {},
    )


def read_unlisted(connection: Connection, upto: int) -> list[Unlisted]:
    """Repositories in scope never listed and without any stream; and registries without either."""
    failed = read_failures(connection, upto)
    freshness = read_freshness(connection, upto)
    bound = (
        exists()
        .where(streams.c.repository_id == repositories.c.id)
        .where(bindings.c.stream_id == streams.c.id, visible(bindings, upto))
    )
    statement = (
        select(repositories)
        .where(
            repositories.c.id.in_(
                select(repository_scopes.c.repository_id).where(
                    visible(repository_scopes, upto), unended(repository_scopes, upto)
                )
            ),
            ~bound,
        )
        .order_by(repositories.c.registry, repositories.c.path)
    )
    never = [
        Unlisted(
            f"{row.registry}/{row.path}",
            because("never listed", failed.listing(Repository(row.registry, row.path))),
        )
        for row in connection.execute(statement)
        if freshness.listed(row.id) is None
    ]
    known = set(connection.scalars(select(repositories.c.registry).distinct()))
    return never + [
        Unlisted(subject, because("never listed", error))
        for (stage, subject), error in failed.errors.items()
        if stage == "inventory" and not set("/:@") & set(subject) and subject not in known
    ]


def _ended(connection: Connection, upto: int) -> dict[Track, Coverage]:
    statement = select(bindings.c.stream_id, bindings.c.platform, bindings.c.reason)
    statement = statement.where(visible(bindings, upto), ~unended(bindings, upto))
    out_of_scope = Coverage(covered=False, reason="out of scope: the configuration excludes it")
    return {
        Track(row.stream_id, row.platform): (
            out_of_scope if row.reason == "out_of_scope" else Coverage(covered=True)
        )
        for row in connection.execute(statement.order_by(bindings.c.end_at, bindings.c.id))
    }


def _contexts(connection: Connection, upto: int) -> dict[int, list[ContextPart]]:
    """What the catalogues of bound images have in each context; sets are counted once for all."""
    current = select(bindings.c.image_id).where(standing(bindings, upto))
    links = (
        select(catalogue_sets.c.catalogue_id, catalogue_sets.c.set_id)
        .join(catalogues, catalogues.c.id == catalogue_sets.c.catalogue_id)
        .where(catalogues.c.image_id.in_(current), visible(catalogues, upto))
    )
    ever = select(package_coverage.c.package_id).where(visible(package_coverage, upto))
    unmatched = func.sum(case((packages.c.id.in_(ever), 0), else_=1))
    statement = (
        select(
            package_set_members.c.set_id,
            contexts.c.id,
            contexts.c.name,
            unmatched.label("unmatched"),
        )
        .join(packages, packages.c.id == package_set_members.c.package_id)
        .join(contexts, contexts.c.id == packages.c.context_id)
        .where(packages.c.left_out.is_(None))
        .where(package_set_members.c.set_id.in_(select(links.subquery().c.set_id)))
        .group_by(package_set_members.c.set_id, contexts.c.id, contexts.c.name)
    )
    of_set: dict[int, list[ContextPart]] = defaultdict(list)
    for row in connection.execute(statement):
        of_set[row.set_id].append(ContextPart(row.id, row.name, int(row.unmatched)))
    found: dict[int, dict[int, ContextPart]] = defaultdict(dict)
    for row in connection.execute(links):
        for part in of_set.get(row.set_id, ()):
            before = found[row.catalogue_id].get(part.number)
            unmatched_here = part.unmatched + (before.unmatched if before else 0)
            found[row.catalogue_id][part.number] = ContextPart(
                part.number, part.name, unmatched_here
            )
    return {
        number: sorted(parts.values(), key=lambda one: one.name) for number, parts in found.items()
    }
