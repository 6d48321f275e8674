"""PostgreSQL's way to take many rows at once: COPY, run as one statement like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Engine, Table, event
from sqlalchemy.engine.interfaces import ExecutionContext

Row = dict[str, object]

_COPIED: Final = "watcher_copied_rows"


def copy_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Send rows, all with the columns of the first, as INSERT would write them.

    Raises what SQLAlchemy raises of any other statement; the engine must have been `taught`.
    """
    dialect = connection.dialect
    preparer = dialect.identifier_preparer
    named = ", ".join(preparer.format_column(table.c[name]) for name in rows[0])
    statement = f"COPY {preparer.format_table(table)} ({named}) FROM STDIN"
    connection.exec_driver_sql(
        statement, execution_options={_COPIED: _written(dialect, table, rows)}
    )


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


def _written(dialect: Dialect, table: Table, rows: Sequence[Row]) -> Iterator[list[object]]:
    """The rows' values in the order of the columns, as the columns' types bind them."""
    bound = [(name, _processor(dialect, table, name)) for name in rows[0]]
    for row in rows:
        yield [bind(row[name]) if bind else row[name] for name, bind in bound]


def _processor(dialect: Dialect, table: Table, name: str) -> Callable[[Any], object] | None:
    return table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
