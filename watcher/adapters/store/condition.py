"""How watcher itself fares, counted by the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, Engine, Row, Select, and_, func, select

from watcher.adapters.store.asof import standing, unended, visible
from watcher.adapters.store.tables.filing import tickets
from watcher.adapters.store.tables.inventory import bindings
from watcher.adapters.store.tables.jobs import calls, jobs
from watcher.adapters.store.tables.packages import catalogues
from watcher.adapters.store.tables.passes import failures, passes
from watcher.adapters.store.views.current import count_direct
from watcher.ports.store.condition import Condition, LastPass

Second = TypeVar("Second")


@dataclass(frozen=True, slots=True)
class SqlConditions:
    """Signs the port `Conditions`."""

    engine: Engine

    def now(self, upto: int) -> Condition:
        """How watcher fares, in a fixed number of statements; images after pass `upto`."""
        number = func.count()
        one, job = failures.c, jobs.c
        standing_failures = and_(visible(failures, upto), unended(failures, upto))
        with self.engine.connect() as connection:
            found = connection.execute
            return Condition(
                last=_last(connection),
                passes=_counted(found(select(passes.c.state, number).group_by(passes.c.state))),
                failures=_paired(
                    found(
                        select(one.stage, one.retry, number)
                        .where(standing_failures)
                        .group_by(one.stage, one.retry)
                    )
                ),
                jobs=_paired(
                    found(select(job.stage, job.state, number).group_by(job.stage, job.state))
                ),
                calls=connection.scalar(select(number).select_from(calls)) or 0,
                differing=connection.scalar(_differing(upto)) or 0,
                direct=count_direct(connection, upto),
                open_tickets=_counted(
                    found(
                        select(tickets.c.team, number)
                        .where(tickets.c.closed_at.is_(None))
                        .group_by(tickets.c.team)
                    )
                ),
            )


def _counted(rows: Iterable[Row[tuple[str, int]]]) -> dict[str, int]:
    return dict(map(tuple, rows))


def _paired(rows: Iterable[Row[tuple[str, Second, int]]]) -> dict[tuple[str, Second], int]:
    return {(name, second): count for name, second, count in rows}


def _last(connection: Connection) -> LastPass | None:
    statement = (
        select(passes.c.state, passes.c.started_at, passes.c.summary)
        .where(passes.c.state.in_(("complete", "partial")))
        .order_by(passes.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
    counts = (row.summary or {}).get("counts", {})
    return LastPass(row.state == "complete", row.started_at, counts)


def _differing(upto: int) -> Select[tuple[int]]:
    """How many images differ, of those that streams point to."""
    current = select(bindings.c.image_id).where(standing(bindings, upto))
    return select(func.count(catalogues.c.image_id.distinct())).where(
        catalogues.c.audit == "different",
        visible(catalogues, upto),
        catalogues.c.image_id.in_(current),
    )
