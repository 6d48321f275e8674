"""When each stage last succeeded for what, and what it failed at, as recorded by a given pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.tables.passes import coverage, failures, passes
from watcher.domain.package import is_direct
from watcher.domain.reference import Repository

_KNOWLEDGE = 0  # the one subject of the stage `knowledge`
_STAGES = ("inventory", "knowledge", "match")


@dataclass(frozen=True, slots=True)
class Freshness:
    """The last success of each stage for each subject, and of the fold into the ledger."""

    succeeded: Mapping[tuple[str, int], datetime]
    folded_at: datetime | None

    def listed(self, repository: int) -> datetime | None:
        """The last complete listing of a repository."""
        return self.succeeded.get(("inventory", repository))

    def polled(self) -> datetime | None:
        """The last time that the sources of knowledge answered."""
        return self.succeeded.get(("knowledge", _KNOWLEDGE))

    def matched(self, context: int) -> datetime | None:
        """The last completed match of a context under the knowledge then in force."""
        return self.succeeded.get(("match", context))


@dataclass(frozen=True, slots=True)
class Failures:
    """What had failed and not succeeded since: errors by stage and subject."""

    errors: Mapping[tuple[str, str], str]
    of_digest: Mapping[tuple[str, str], str]  # of stage and digest, in whatever repository
    of_tags: Mapping[str, list[str]]  # of inventory, by repository

    def listing(self, repository: Repository) -> str | None:
        """Why a repository was not listed completely."""
        told = [
            self.errors.get(("inventory", repository.registry)),
            self.errors.get(("inventory", str(repository))),
            *self.of_tags.get(str(repository), []),
        ]
        return next((error for error in told if error), None)

    def matching(self, context: str) -> str | None:
        """Why a context was not matched."""
        if is_direct(context):
            digest = context.partition(" ")[2]
            return self.of_digest.get(("direct", digest)) or self.scanning()
        return self.errors.get(("match", context)) or self.errors.get(("match", "match"))

    def scanning(self) -> str | None:
        """Why no image that is matched on its own was scanned."""
        return self.errors.get(("direct", "direct"))

    def cataloguing(self, digest: str) -> str | None:
        """Why an image was not catalogued."""
        return self.of_digest.get(("catalog", digest)) or self.errors.get(("catalog", "catalog"))

    def polling(self) -> str | None:
        """Why the knowledge in force may be outdated."""
        return self.errors.get(("knowledge", "db"))


def read_freshness(connection: Connection, upto: int) -> Freshness:
    """Read the last successes; one that went on later counts up to the last pass that tried.

    A look at some places alone is no such pass: how far others had got then would be forgotten.
    """
    ended = coverage.c.closed_in <= upto
    on = or_(~ended, coverage.c.closed_in.is_(None))
    statement = (
        select(
            coverage.c.stage,
            coverage.c.subject,
            func.max(coverage.c.until).filter(ended).label("ended_at"),
            func.max(coverage.c.since).filter(on).label("since"),
            func.max(coverage.c.until).filter(on).label("on"),
        )
        .where(visible(coverage, upto))
        .group_by(coverage.c.stage, coverage.c.subject)
    )
    tried = _tried(connection, upto)
    succeeded: dict[tuple[str, int], datetime] = {}
    for row in connection.execute(statement):
        going_on = [row.since, min(row.on, tried.get(row.stage, row.since))] if row.on else []
        times = [*going_on, *([row.ended_at] if row.ended_at else [])]
        if times:
            succeeded[row.stage, row.subject] = max(times)
    folded = select(func.max(passes.c.at)).where(passes.c.folded, passes.c.id <= upto)
    return Freshness(succeeded, connection.scalar(folded))


def read_failures(connection: Connection, upto: int) -> Failures:
    """Read what had failed last time it was tried."""
    statement = select(failures.c.stage, failures.c.subject, failures.c.error)
    statement = statement.where(visible(failures, upto), unended(failures, upto))
    rows = connection.execute(statement.order_by(failures.c.stage, failures.c.subject)).all()
    return sort_failures((row.stage, row.subject, row.error) for row in rows)


def sort_failures(told: Iterable[tuple[str, str, str]]) -> Failures:
    """Sort failures (stage, subject, error) by what their subject names."""
    errors, of_digest = {}, {}
    of_tags: dict[str, list[str]] = defaultdict(list)
    for stage, subject, error in told:
        errors[stage, subject] = error
        name, _, digest = subject.partition("@")
        if digest:
            of_digest[stage, digest] = error
        elif stage == "inventory" and ":" in name:
            of_tags[name.partition(":")[0]].append(error)
    return Failures(errors, of_digest, of_tags)


def _tried(connection: Connection, upto: int) -> dict[str, datetime]:
    """When each stage was last tried by a pass that came to its end."""
    statement = (
        select(passes.c.at, passes.c.stages)
        .where(passes.c.id <= upto, passes.c.state.in_(("complete", "partial")))
        .order_by(passes.c.id.desc())
    )
    found: dict[str, datetime] = {}
    with connection.execute(statement.execution_options(yield_per=50)) as rows:
        for row in rows:
            for stage in row.stages:
                found.setdefault(stage, row.at)
            if found.keys() >= set(_STAGES):
                rows.close()
                break
    return found
