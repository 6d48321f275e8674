"""Many rows at once, in the way that costs least for each: COPY on PostgreSQL.

SQLAlchemy looks at each value of each row as if it were alone; here a column's values are bound the
same way, and a time or a truth value that many rows have is bound once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Boolean, Connection, Dialect, Engine, Table, event
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.types import TypeEngine

from watcher.adapters.store.tables.base import Utc

Row = dict[str, object]

_COPIED: Final = "watcher_copied_rows"


def copy_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Send rows, all with the columns of the first, as INSERT would write them.

    Raises what SQLAlchemy raises of any other statement; on PostgreSQL the engine must have been
    `taught`.
    """
    dialect = connection.dialect
    preparer = dialect.identifier_preparer
    named = ", ".join(preparer.format_column(table.c[name]) for name in rows[0])
    place = f"{preparer.format_table(table)} ({named})"
    written = _written(dialect, table, rows)
    if dialect.name == "postgresql":
        copy = f"COPY {place} FROM STDIN"
        connection.exec_driver_sql(copy, execution_options={_COPIED: written})
    else:
        values = ", ".join("?" * len(rows[0]))
        insert = f"INSERT INTO {place} VALUES ({values})"  # noqa: S608 - names of our own tables
        connection.exec_driver_sql(insert, list(written))


def teach_copying(engine: Engine) -> None:
    """Let the engine send the rows of `copy_rows` where it meets its statement."""
    event.listen(engine, "do_execute", _send)


def _send(
    cursor: Any,  # noqa: ANN401 - a cursor of whichever driver; only PostgreSQL's is sent rows
    statement: str,
    _parameters: object,
    context: ExecutionContext,
) -> bool:
    """Take the place of execution for a COPY; False leaves any other statement to SQLAlchemy."""
    rows = context.execution_options.get(_COPIED)
    if rows is None:
        return False
    with cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)
    return True


def _written(dialect: Dialect, table: Table, rows: Sequence[Row]) -> Iterator[tuple[object, ...]]:
    """The rows' values in the order of the columns, as the columns' types bind them."""
    bound = [(name, _binding(dialect, table.c[name].type)) for name in rows[0]]
    for row in rows:
        yield tuple(bind(row[name]) if bind else row[name] for name, bind in bound)


def _binding(dialect: Dialect, kind: TypeEngine[Any]) -> Callable[[Any], object] | None:
    bind = kind.dialect_impl(dialect).bind_processor(dialect)
    if bind is None or not isinstance(kind, Utc | Boolean):
        return bind
    return _Bound(bind).__getitem__


class _Bound(dict[Any, object]):
    """Values as they are bound, each once."""

    def __init__(self, bind: Callable[[Any], object]) -> None:
        super().__init__()
        self._bind = bind

    def __missing__(self, value: object) -> object:
        found = self[value] = self._bind(value)
        return found
