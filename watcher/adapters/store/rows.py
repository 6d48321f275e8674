"""Habits of reading and writing many rows, whichever database it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Connection,
    Integer,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from watcher.adapters.store.copying import Row, copy_rows

Item = TypeVar("Item")
Key = TypeVar("Key", int, str)

_BATCH: Final = 500  # values in one IN list: SQLite takes 32,766 variables, planners prefer fewer
_MANY: Final = 20  # rows from which on it pays; with a few there is no difference
_NUMBERS: Final = ARRAY(Integer).with_variant(JSON(), "sqlite")
_TEXTS: Final = ARRAY(Text).with_variant(JSON(), "sqlite")


def batches(items: Iterable[Item], size: int = _BATCH) -> Iterator[list[Item]]:
    """Cut items into lists of bounded length."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


class _Among(FunctionElement[Any]):
    """A column and one bound list: the values are a single variable, however many they are.

    It has no type: SQLite would compare a truth value with 1, and use no index for it.
    """

    inherit_cache = True


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
    column, listed = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY ({listed})"


@compiles(_Among, "sqlite")
def _listed(element: _Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
    column, listed = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({listed}))"  # noqa: S608 - both are compiled


def among(column: ColumnElement[Key], values: Iterable[Key]) -> ColumnElement[bool]:
    """The condition that a number or a text is one of many, in one statement for any number."""
    own: TypeEngine[Any] = column.type
    listed = _NUMBERS if isinstance(own, Integer) else _TEXTS
    return _Among(column, bindparam(None, sorted(values), type_=listed))


def among_named(column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """The same for a list of numbers that is given by name, to one of many like statements."""
    return _Among(column, bindparam(name, type_=_NUMBERS))


class _Unindexed(FunctionElement[int]):
    type = Integer()
    inherit_cache = True


@compiles(_Unindexed)
def _as_it_is(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
    return compiler.process(element.clauses, **options)


@compiles(_Unindexed, "sqlite")
def _with_a_sign(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
    return f"+{compiler.process(element.clauses, **options)}"


def unindexed(column: ColumnElement[int]) -> ColumnElement[int]:
    """A number by which SQLite is not to search, for it plans without knowing the sizes of things.

    It takes an index of mostly empty values, or tries every pair of two long lists.
    """
    return _Unindexed(column)


def add_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert many rows, all with the columns of the first."""
    if len(rows) >= _MANY:
        copy_rows(connection, table, rows)
    elif rows:
        connection.execute(insert(table), rows)


def add_numbered(connection: Connection, table: Table, rows: Sequence[Row]) -> list[int]:
    """Insert many rows and return their numbers in the same order."""
    if len(rows) == 1:
        return list(connection.scalars(insert(table).returning(table.c.id), rows[0]))
    if not rows:
        return []
    numbers = _reserved(connection, table, len(rows))
    numbered = [{"id": number, **row} for number, row in zip(numbers, rows, strict=True)]
    add_rows(connection, table, numbered)
    return numbers


def _reserved(connection: Connection, table: Table, count: int) -> list[int]:
    """Numbers for new rows: both databases return those of many only row by row."""
    if connection.dialect.name == "sqlite":
        # As the one writer we can count ourselves.
        first = (connection.scalar(select(func.max(table.c.id))) or 0) + 1
        return list(range(first, first + count))
    sequence = func.pg_get_serial_sequence(table.name, table.c.id.name)
    reserved = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
    return list(connection.scalars(reserved))


def insert_unless_there(connection: Connection, table: Table, row: Row) -> bool:
    """Insert a row where no other has its key, whoever inserts at the same time; whether it was."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(table.c.id)).first() is not None


def still_open(table: Table) -> ColumnElement[bool]:
    """The condition that a recorded interval has not ended."""
    return table.c.closed_in.is_(None)
