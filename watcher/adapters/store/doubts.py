"""Why streams as a whole are not covered, each reason for as long as it held."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from watcher.adapters.store.rows import add_rows, among, still_open
from watcher.adapters.store.tables.inventory import stream_doubts
from watcher.ports.store.passes import PassRecord


def revise_doubts(
    connection: Connection, this: PassRecord, wanted: Mapping[int, str | None]
) -> None:
    """Make the doubts of streams (by number) the given ones; None: there is none."""
    statement = select(stream_doubts).where(among(stream_doubts.c.stream_id, wanted))
    held = {
        row.stream_id: row for row in connection.execute(statement.where(still_open(stream_doubts)))
    }
    over = [row.id for number, row in held.items() if row.reason != wanted[number]]
    if over:
        ended = update(stream_doubts).where(among(stream_doubts.c.id, over))
        connection.execute(ended.values(closed_in=this.number))
    new = [
        {"stream_id": number, "reason": reason, "opened_in": this.number}
        for number, reason in wanted.items()
        if reason is not None and (number not in held or held[number].reason != reason)
    ]
    add_rows(connection, stream_doubts, new)
