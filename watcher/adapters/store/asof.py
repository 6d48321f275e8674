"""What the record held after a given pass: the one place that knows how recorded time is read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

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


def pass_upto(connection: Connection, at: datetime | None) -> int:
    """The last pass made at or before a time (None: the last of all); 0 where there was none."""
    statement = select(func.max(passes.c.id))
    if at is not None:
        statement = statement.where(passes.c.at <= at)
    return connection.scalar(statement) or 0


def folded_upto(connection: Connection, upto: int) -> int:
    """The last pass up to `upto` behind which the ledger held all facts; 0 where there was none.

    What was recorded since waits for the exposure stage: its pass died, or left that stage out.
    """
    statement = select(func.max(passes.c.id)).where(passes.c.folded, passes.c.id <= upto)
    return connection.scalar(statement) or 0


def ended_with(connection: Connection, stage: str, before: int | None = None) -> int:
    """The last pass that came to its end and ran a stage; 0 where there was none."""
    statement = select(passes.c.id, passes.c.stages).where(
        passes.c.state.in_(("complete", "partial"))
    )
    if before is not None:
        statement = statement.where(passes.c.id < before)
    rows = connection.execute(
        statement.order_by(passes.c.id.desc()).execution_options(yield_per=50)
    )
    return next((row.id for row in rows if stage in row.stages), 0)
