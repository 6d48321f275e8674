"""Rows as the driver gives them, and times as whole numbers: what costs least for each row."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Executable
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from watcher.ports.store.columns import NEVER

_TOGETHER: Final = 200  # rows that the driver holds at once: few enough for a processor's cache
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)

Convert = Callable[[Any], int]


class _Time(FunctionElement[Any]):
    """A time as the server writes it fastest: as ticks, or as its own text."""

    inherit_cache = True


@compiles(_Time, "postgresql")
def _as_ticks(element: _Time, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
    column = compiler.process(element.clauses, **options)
    return f"CAST(EXTRACT(EPOCH FROM {column}) * 1000000 AS BIGINT)"


@compiles(_Time, "sqlite")
def _as_text(element: _Time, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
    return compiler.process(element.clauses, **options)


def time(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column of times, to be read by a `Ticks`."""
    return _Time(column)


class Ticks(dict[Any, int]):
    """Ticks by what a server writes; each text is read once. No time is NEVER."""

    def __missing__(self, told: str | int | None) -> int:
        found = NEVER if told is None else told if isinstance(told, int) else _read(told)
        self[told] = found
        return found


def ticks(at: datetime) -> int:
    """A time in ticks."""
    return (at - _EPOCH) // _TICK


def moment(tick: int) -> datetime:
    """The time of so many ticks."""
    return _EPOCH + tick * _TICK


def rows(connection: Connection, statement: Executable) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows of a statement, many at a time and as the driver gives them."""
    cursor = connection.execute(statement).cursor
    while found := cursor.fetchmany(_TOGETHER):
        yield found


def fill(
    columns: Sequence[array[int]],
    found: Sequence[Sequence[Any]],
    converts: Sequence[Convert | None],
) -> None:
    """Take rows into columns, in their order; each value through what converts it, if anything."""
    for column, values, convert in zip(columns, zip(*found, strict=True), converts, strict=True):
        column.extend(values if convert is None else map(convert, values))


def _read(told: str) -> int:
    return ticks(datetime.fromisoformat(told).replace(tzinfo=UTC))
