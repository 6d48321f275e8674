"""Many rows at once arrive as single ones do, and lists of any length are one variable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import cycle, islice
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from tests.contract.store.fleet import day
from watcher.adapters.store.engine import Row, add_numbered, add_rows, among
from watcher.adapters.store.tables import metadata
from watcher.adapters.store.tables.base import Utc, Words
from watcher.adapters.store.tables.inventory import repositories
from watcher.domain.errors import StartError

Opening = Callable[[str], Engine]
MANY = 60  # more than go as an INSERT

EAST = timezone(timedelta(hours=5, minutes=45))
TEXTS = (
    "plain",
    "",
    "\\N",
    "\\.",
    "tab\tnew\nline\r and \\back\\",
    "ü漢🐳",
    'it\'s "quoted", 100% :name %s {}',
    " ",
)
VALUES: dict[type[TypeEngine[Any]], tuple[object, ...]] = {
    Utc: (datetime(2026, 3, 1, 12, tzinfo=EAST), datetime(1970, 1, 1, tzinfo=UTC), day(0.123456)),
    Words: (*TEXTS, "NUL \0", "half \ud83d", "long " * 500),
    JSON: ({"a": [1, None, {"b": "ü\\N\t"}]}, [], {}, "text", 7, 1.5, True, None, {"\0": "\0"[:0]}),
    Boolean: (True, False),
    LargeBinary: (bytes(range(256)), b"", b"\\x00"),
    BigInteger: (1 << 40, -1, 0),
    Float: (0.1, -2.5, 0.0, 1_764_500_000.123456),
    Integer: (1, 0, -1, 2**31 - 1),
    String: TEXTS,
    Text: TEXTS,
}


def values_of(column: Column[Any]) -> Iterator[object]:
    """Values that a column may hold, again and again; nothing among them where it may be empty."""
    kind = next(one for one in VALUES if isinstance(column.type, one))
    longest = column.type.length if isinstance(column.type, String) else None
    fitting = [one[:longest] if isinstance(one, str) else one for one in VALUES[kind]]
    return cycle([*fitting, None] if column.nullable else fitting)


def strange_rows(table: Table) -> list[dict[str, object]]:
    columns = [[*islice(values_of(column), MANY)] for column in table.columns]
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def alike(table: Table, name: str) -> Table:
    """A table with the same columns and nothing that refuses a row."""
    columns = [Column(one.name, one.type, nullable=True) for one in table.columns]
    return Table(name, MetaData(), *columns)


def held(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    """All rows as the database itself writes them, in the order in which they came."""
    if connection.dialect.name == "postgresql":
        rows = connection.execute(text(f"SELECT {table.name}::text FROM {table.name}"))  # noqa: S608 - a name of ours
    else:
        rows = connection.execute(text(f"SELECT * FROM {table.name}"))  # noqa: S608 - a name of ours
    return [tuple(row) for row in rows]


@pytest.fixture
def statements(engine: Engine) -> list[str]:
    """What the database is told."""
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    return told


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_many_rows_arrive_as_an_insert_would_bring_them(
    engine: Engine, table: Table, statements: list[str]
) -> None:
    one, many = alike(table, "brought_singly"), alike(table, "brought_together")
    rows = strange_rows(table)
    with engine.begin() as connection:
        for each in (one, many):
            each.create(connection)
        for row in rows:
            connection.execute(insert(one).values(row))
        del statements[:]
        add_rows(connection, many, rows)
        assert statements == [next(iter(statements))]
        assert statements[0].startswith("COPY") == (engine.dialect.name == "postgresql")
        assert held(connection, many) == held(connection, one)
        read = [connection.execute(select(each)).all() for each in (one, many)]
    assert read[0] == read[1]


def test_numbers_of_many_rows_come_in_their_order(engine: Engine) -> None:
    paths = [f"r{number}" for number in range(MANY)]
    with engine.begin() as connection:
        (first,) = add_numbered(connection, repositories, [{"registry": "a", "path": "first"}])
        rows: list[Row] = [{"registry": "a", "path": path} for path in paths]
        numbers = add_numbered(connection, repositories, rows)
        (last,) = add_numbered(connection, repositories, [{"registry": "a", "path": "last"}])
        told = connection.execute(select(repositories.c.id, repositories.c.path))
        found = {row.id: row.path for row in told}
    assert found == dict(zip([first, *numbers, last], ["first", *paths, "last"], strict=True))


def test_a_row_that_is_refused_takes_all_of_them_with_it(engine: Engine) -> None:
    rows: list[Row] = [{"registry": "a", "path": f"r{number % 50}"} for number in range(MANY)]
    with pytest.raises(DBAPIError, match=r"(?i)unique"), engine.begin() as connection:
        add_rows(connection, repositories, rows)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(repositories)) == 0


@pytest.mark.servers
def test_a_server_that_goes_before_rows_are_sent_is_said_in_a_line(
    postgresql_url: str, opening: Opening
) -> None:
    engine, other = opening(postgresql_url), opening(postgresql_url)
    rows: list[Row] = [{"registry": "a", "path": f"r{number}"} for number in range(MANY)]

    def send_to_nobody() -> None:
        with engine.begin() as lost, other.connect() as killer:
            number = lost.scalar(text("SELECT pg_backend_pid()"))
            killer.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
            add_rows(lost, repositories, rows)

    with pytest.raises(StartError, match="cannot be used: ") as refused:
        send_to_nobody()
    assert "\n" not in str(refused.value)
    with engine.connect() as again:
        assert again.scalar(select(func.count()).select_from(repositories)) == 0


def test_a_list_is_one_variable_however_long_and_strange_it_is(
    engine: Engine, statements: list[str]
) -> None:
    named = [one for one in TEXTS if one] + [f"r{number}" for number in range(40_000)]
    with engine.begin() as connection:
        numbers = add_numbered(
            connection, repositories, [{"registry": "a", "path": one[:255]} for one in named]
        )
        by_name = select(repositories.c.id).where(among(repositories.c.path, named))
        by_number = select(repositories.c.path).where(among(repositories.c.id, numbers[::2]))
        del statements[:]
        assert sorted(connection.scalars(by_name)) == numbers
        assert len(connection.scalars(by_number).all()) == len(named[::2])
        assert len(statements) == 2
        none = select(repositories.c.path).where(among(repositories.c.id, []))
        assert connection.scalars(none).all() == []
        others = select(func.count()).where(~among(repositories.c.id, numbers[1:]))
        assert connection.scalar(others) == 1
        over = update(repositories).where(among(repositories.c.id, numbers[:2]))
        assert connection.execute(over.values(registry="b")).rowcount == 2
