"""A record carried over from one database to another, so that both are measured with the same."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, Table, func, select, text

from watcher.adapters.store.rows import add_rows, batches
from watcher.adapters.store.tables import metadata

_TOGETHER = 20_000  # rows in memory at once


def copy_record(source: Engine, target: Engine) -> None:
    """Fill an empty PostgreSQL with our schema with all that another database holds."""
    with source.connect() as held, target.begin() as wanted:
        # The rows refer to each other as they did, so that need not be looked up again.
        wanted.execute(text("SET LOCAL session_replication_role = replica"))
        for table in metadata.sorted_tables:
            _copy(held, wanted, table)
    with target.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))  # as the server does by itself in time


def _copy(held: Connection, wanted: Connection, table: Table) -> None:
    rows = held.execute(select(table)).mappings()
    for batch in batches(rows, _TOGETHER):
        add_rows(wanted, table, [dict(row) for row in batch])
    last = wanted.scalar(select(func.max(table.c.id)))
    if last is not None:
        counter = func.pg_get_serial_sequence(table.name, table.c.id.name)
        wanted.execute(select(func.setval(counter, last)))
