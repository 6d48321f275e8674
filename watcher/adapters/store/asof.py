"""What the record held after a given pass: the one place that knows how recorded time is read."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, Text, and_, cast, func, or_, select

from watcher.adapters.store.rows import unindexed
from watcher.adapters.store.tables.passes import passes


def visible(table: Table, upto: int) -> ColumnElement[bool]:
    """The condition that a row was recorded by pass `upto`, and not superseded by then."""
    recorded = table.c.opened_in <= upto
    if "superseded_in" not in table.c:
        return recorded
    superseded = table.c.superseded_in
    return and_(recorded, or_(superseded.is_(None), superseded > upto))


def unended(table: Table, upto: int) -> ColumnElement[bool]:
    """The condition that no end of the row's interval was recorded by pass `upto`."""
    return or_(table.c.closed_in.is_(None), table.c.closed_in > upto)


def standing(table: Table, upto: int) -> ColumnElement[bool]:
    """The condition that a row was visible after pass `upto` and not ended, found by its end.

    Nearly all that was ever recorded has ended, so SQLite is kept from going through that.
    """
    superseded = unindexed(table.c.superseded_in)
    return and_(
        unindexed(table.c.opened_in) <= upto,
        or_(superseded.is_(None), superseded > upto),
        unended(table, upto),
    )


def last_ended(connection: Connection, at: datetime | None) -> int:
    """The last pass that came to its end, made at or before a time (None: ever); 0 for none."""
    ended = select(func.max(passes.c.id)).where(passes.c.state.in_(("complete", "partial")))
    if at is not None:
        ended = ended.where(passes.c.at <= at)
    return connection.scalar(ended) or 0


def folded_upto(connection: Connection, upto: int) -> int:
    """The last pass up to `upto` behind which the ledger held all facts; 0 where there was none.

    What was recorded since waits for the exposure stage: its pass died, or left that stage out.
    """
    statement = select(func.max(passes.c.id)).where(passes.c.folded, passes.c.id <= upto)
    return connection.scalar(statement) or 0


def ended_with(connection: Connection, stage: str, before: int | None = None) -> int:
    """The last pass that came to its end and ran a stage; 0 where there was none."""
    statement = select(passes.c.id).where(
        passes.c.state.in_(("complete", "partial")),
        cast(passes.c.stages, Text).contains(json.dumps(stage)),
    )
    if before is not None:
        statement = statement.where(passes.c.id < before)
    return connection.scalar(statement.order_by(passes.c.id.desc()).limit(1)) or 0
