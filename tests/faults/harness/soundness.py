"""What must hold of every record once a pass has ended well, whatever happened before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, Engine, Table, func, select

from tests.faults.harness.expected import Expected
from tests.faults.story.world import TICKETS
from watcher.adapters.store.tables.filing import bump_plans, ticket_intents, ticket_texts
from watcher.adapters.store.tables.inventory import (
    base_identities,
    bindings,
    repository_scopes,
    tag_intervals,
)
from watcher.adapters.store.tables.jobs import jobs, workers
from watcher.adapters.store.tables.ledger import episodes
from watcher.adapters.store.tables.passes import failures, passes

# Rows in force, of which there is one of each name at most.
_ONE_OF_EACH: Final[Sequence[tuple[Table, str, tuple[str, ...]]]] = (
    (repository_scopes, "closed_in", ("repository_id",)),
    (tag_intervals, "closed_in", ("repository_id", "tag")),
    (base_identities, "superseded_in", ("image_id",)),
    (ticket_texts, "superseded_in", ("ticket_id",)),
    (bump_plans, "superseded_in", ("team", "lineage")),
)


def unsound(engine: Engine, folder: Path, expected: Expected) -> list[str]:
    """What is wrong, a line each."""
    with engine.connect() as connection:
        left_over = _left_over(connection, expected)
        return [*left_over, *_doubled(connection), *_doubled_tickets(folder)]


def _left_over(connection: Connection, expected: Expected) -> list[str]:
    states = list(connection.scalars(select(passes.c.state).order_by(passes.c.id)))
    still = select(failures.c.stage, failures.c.subject).where(failures.c.closed_in.is_(None))
    failing = {(stage, subject) for stage, subject in connection.execute(still)}
    end = "partial" if failing & expected.told else "complete"
    found = {
        "jobs": _count(connection, jobs),
        "workers": _count(connection, workers),
        "open failures": len(failing - expected.told),
        "open calls to trackers": _count(connection, ticket_intents, ticket_intents.c.closed_in),
        "passes still running": states.count("running"),
        f"last passes that are not {end}": int(states[-1:] != [end]),
    }
    return [f"{name}: {count}" for name, count in found.items() if count]


def _doubled(connection: Connection) -> list[str]:
    lines = []
    for table, over, names in _ONE_OF_EACH:
        columns = [table.c[name] for name in names]
        statement = select(*columns).where(table.c[over].is_(None)).group_by(*columns)
        twice = connection.execute(statement.having(func.count() > 1)).all()
        lines += [f"{table.name} doubled: {tuple(row)}" for row in twice]
    still = (bindings.c.end_at.is_(None), bindings.c.superseded_in.is_(None))
    track = (bindings.c.stream_id, bindings.c.platform)
    open_ = (episodes.c.end_at.is_(None), episodes.c.superseded_in.is_(None))
    for name, columns_, conditions in (
        ("bindings", track, still),
        ("episodes", (episodes.c.window_id,), open_),
    ):
        grouped = select(*columns_).where(*conditions).group_by(*columns_)
        twice = connection.execute(grouped.having(func.count() > 1)).all()
        lines += [f"{name} doubled: {tuple(row)}" for row in twice]
    return lines


def _doubled_tickets(folder: Path) -> list[str]:
    texts = [path.read_text() for path in (folder / TICKETS).glob("*.md")]
    keys = Counter(line for text in texts for line in text.splitlines() if line[:5] == "key: ")
    return [f"ticket doubled: {key}" for key, count in keys.items() if count > 1]


def _count(connection: Connection, table: Table, over: Column[int] | None = None) -> int:
    statement = select(func.count()).select_from(table)
    if over is not None:
        statement = statement.where(over.is_(None))
    return connection.scalar(statement) or 0
