"""What PostgreSQL knows of the sizes of tables, kept fresh: it plans by what it last counted."""

from __future__ import annotations

from sqlalchemy import Engine, text

from watcher.adapters.store.tables import metadata

# It counts by itself now and then, which comes too late for what the same pass reads next. A page
# has 8 kB; a table that grew by less than half is still planned for well enough. One that it never
# counted it believes to be nearly empty of open rows, however small it is.
_GROWN = text(
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace("
    "current_schema()) AND pg_relation_size(oid) > "
    "CASE WHEN reltuples < 0 THEN 0 ELSE 8192 * (20 + 1.5 * relpages) END"
)


def count_grown(engine: Engine) -> None:
    """Let the server count our tables again that grew by half since it did; nothing on SQLite."""
    if engine.dialect.name != "postgresql":
        return
    with engine.begin() as connection:
        grown = metadata.tables.keys() & set(connection.scalars(_GROWN))
        if grown:
            connection.execute(text(f"ANALYZE {', '.join(sorted(grown))}"))
