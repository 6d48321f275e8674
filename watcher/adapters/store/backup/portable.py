"""Tables as any release had them, row by row from one kind of database to the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    cast,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from watcher.adapters.store.backup.manifest import NAME
from watcher.adapters.store.copying import Row, copy_rows
from watcher.adapters.store.tables.base import Utc

_BATCH: Final = 5000  # rows that are held at once
_VERSION: Final = "alembic_version"
_WRITTEN: Final = "written"  # marks a column of JSON, which is carried as it was written


def tables_of(file: Engine) -> list[Table]:
    """The tables of an SQLite file, those first to which others refer."""
    found, plain = MetaData(), MetaData()
    found.reflect(file)
    return [
        Table(one.name, plain, *map(_column, one.columns))
        for one in found.sorted_tables
        if one.name not in {NAME, _VERSION}
    ]


def carry(source: Connection, target: Connection, table: Table) -> int:
    """Copy a table's rows in the order of their numbers, a batch at a time; returns how many."""
    carried = 0
    for batch in _rows(source, table):
        carried += len(batch)
        if target.dialect.name == "postgresql":
            copy_rows(target, table, batch)
        else:
            target.execute(insert(table), batch)
    return carried


def count_on(target: Connection, table: Table) -> None:
    """Let a server number the next row after those that came with their numbers."""
    named = {"name": table.name, "key": "id"}
    sequence = target.scalar(text("SELECT pg_get_serial_sequence(:name, :key)"), named)
    last = target.scalar(select(func.max(table.c.id)))
    if sequence is not None and last is not None:
        target.execute(
            text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last}
        )


def _rows(source: Connection, table: Table) -> Iterator[list[Row]]:
    columns = [
        cast(one, Text).label(one.name) if one.info.get(_WRITTEN) else one for one in table.columns
    ]
    statement = select(*columns).order_by(table.c.id).execution_options(yield_per=_BATCH)
    for batch in source.execute(statement).mappings().partitions():
        yield [dict(row) for row in batch]


def _column(found: Column[Any]) -> Column[Any]:
    written = isinstance(found.type, JSON)
    return Column(
        found.name,
        _plain(found.type),
        primary_key=found.primary_key,
        info={_WRITTEN: written},
    )


def _plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """A type that carries values of this one between the two databases unchanged."""
    if isinstance(kind, DateTime):
        return Utc()
    return kind if isinstance(kind, Boolean | Integer | LargeBinary) else Text()
