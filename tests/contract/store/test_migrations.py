"""One chain of migrations for both databases: what it makes, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text

from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.migrate import upgrade
from watcher.adapters.store.schema import SchemaState, migrations, revisions, state
from watcher.adapters.store.tables import metadata
from watcher.domain.errors import StartError, UsageError

Opening = Callable[[str], Engine]
SECRET = "hunter2"  # noqa: S105 - it must not show up


def reflected(engine: Engine) -> dict[str, Any]:
    """All that a database says of its tables, except Alembic's own."""
    found = inspect(engine)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in found.get_columns(table)
            },
            "key": found.get_pk_constraint(table),
            "unique": sorted(map(str, found.get_unique_constraints(table))),
            "references": sorted(map(str, found.get_foreign_keys(table))),
            "checks": sorted(map(str, found.get_check_constraints(table))),
            "indexes": {
                index["name"]: (
                    index["column_names"],
                    bool(index["unique"]),
                    {name: str(value) for name, value in index.get("dialect_options", {}).items()},
                )
                for index in found.get_indexes(table)
            },
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def contents(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            table: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608 - names come from the database itself
            for table in inspect(connection).get_table_names()
        }


def test_each_file_of_the_chain_begins_with_the_revision_it_brings() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations()))
    chain = ScriptDirectory.from_config(config).walk_revisions("base", "head")
    assert [one.revision for one in chain] == list(reversed(revisions()))


def test_the_chain_makes_what_the_tables_say(
    engine: Engine, empty_url: str, opening: Opening
) -> None:
    plain = opening(empty_url)
    metadata.create_all(plain)
    assert reflected(engine) == reflected(plain)


def test_reflection_sees_what_a_partial_index_covers(engine: Engine) -> None:
    columns, unique, options = reflected(engine)["coverage"]["indexes"]["ix_coverage_open"]
    assert (columns, unique) == (["stage", "subject"], True)
    assert "closed_in IS NULL" in options[f"{engine.dialect.name}_where"]


def test_an_empty_database_has_no_schema_yet(empty_url: str, opening: Opening) -> None:
    found = state(opening(empty_url))
    assert found.current is None
    assert not found.ready


def test_upgrading_twice_changes_nothing_more(empty_url: str, opening: Opening) -> None:
    engine = opening(empty_url)
    upgrade(engine)
    before = contents(engine)
    upgrade(engine)
    assert contents(engine) == before
    assert state(engine).ready


def test_a_database_of_a_newer_watcher_is_refused_and_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = (reflected(engine), contents(engine))
    for attempt in (state, upgrade):
        with pytest.raises(StartError, match="9999, newer than this watcher knows") as refused:
            attempt(engine)
        assert "\n" not in str(refused.value)
    assert (reflected(engine), contents(engine)) == before


def test_strange_tables_are_not_touched(empty_url: str, opening: Opening) -> None:
    engine = opening(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE images (whose TEXT)"))
    before = contents(engine)
    with pytest.raises(StartError, match="already exists") as refused:
        upgrade(engine)
    assert "\n" not in str(refused.value)
    assert contents(engine) == before


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("survived", [0, 1, 7, 40])
def test_an_upgrade_that_dies_half_way_leaves_nothing_behind(
    empty_url: str, opening: Opening, survived: int
) -> None:
    engine = opening(empty_url)
    statements: list[str] = []

    def die(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().startswith("CREATE"):
            statements.append(statement)
            if len(statements) > survived:
                raise Killed

    event.listen(engine, "before_cursor_execute", die)
    with pytest.raises(Killed):
        upgrade(engine)
    event.remove(engine, "before_cursor_execute", die)
    engine.dispose()
    assert inspect(engine).get_table_names() == []
    upgrade(engine)
    assert state(engine).ready


def test_two_upgrades_at_once_both_succeed(empty_url: str, opening: Opening) -> None:
    engines = [opening(empty_url) for _ in range(4)]
    together = Barrier(len(engines))

    def run(engine: Engine) -> SchemaState:
        together.wait()
        upgrade(engine)
        return state(engine)

    with ThreadPoolExecutor(len(engines)) as executor:
        assert all(found.ready for found in executor.map(run, engines))


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
@pytest.mark.parametrize("query", ["", f"?password={SECRET}"])
def test_an_unreachable_server_is_one_line_without_the_password(
    scheme: str, query: str, opening: Opening
) -> None:
    engine = opening(f"{scheme}://watcher:{SECRET}@127.0.0.1:1/facts{query}")
    with pytest.raises(StartError, match=r"127\.0\.0\.1:1/facts.*cannot be used") as refused:
        state(engine)
    assert "\n" not in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_file_that_cannot_be_made_is_one_line(tmp_path: Path, opening: Opening) -> None:
    engine = opening(f"sqlite:///{tmp_path / 'missing' / 'watcher.db'}")
    with pytest.raises(StartError, match=r"missing/watcher\.db cannot be used") as refused:
        upgrade(engine)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, opening: Opening
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary, " * 500)
    with pytest.raises(StartError, match="file is not a database"):
        upgrade(opening(f"sqlite:///{path}"))
    assert path.read_text() == "dear diary, " * 500


def test_a_read_only_file_without_our_schema_is_one_line(tmp_path: Path, opening: Opening) -> None:
    path = tmp_path / "watcher.db"
    other = create_engine(f"sqlite:///{path}")
    with other.begin() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER)"))
    other.dispose()
    # By SQLite's own word, for to root no file is read-only.
    engine = opening(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(StartError, match="readonly database") as refused:
        upgrade(engine)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root@127.0.0.1/watcher",
        f"mysql+pymysql://root:{SECRET}@127.0.0.1/watcher",
        f"postgresql+asyncpg://root:{SECRET}@127.0.0.1/watcher",
        "sqlite+aiosqlite:///watcher.db",
        f"postgresql://root:{SECRET}@127.0.0.1:port/watcher",
        f"postgres//root:{SECRET}@127.0.0.1",
        "watcher.db",
        "",
    ],
)
def test_an_address_that_is_none_of_ours_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError, match=r"database\.url") as refused:
        open_engine(url)
    assert "\n" not in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_would_forget_everything_and_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"database\.url"):
        open_engine(url)
