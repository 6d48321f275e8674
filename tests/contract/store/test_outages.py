"""A database that fails in the middle of things is one line for whoever keeps it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError

from tests.contract.store.record import begin, rows
from tests.servers.postgres import Postgres
from watcher.adapters.store import engine as engine_room
from watcher.adapters.store.passes import SqlPasses
from watcher.domain.errors import StartError

Opening = Callable[[str], Engine]


def refusal(engine: Engine) -> str:
    with pytest.raises(StartError) as refused:
        begin(engine, 0)
    assert "\n" not in str(refused.value)
    assert str(refused.value).endswith("; see database.url")
    return str(refused.value)


@pytest.mark.servers
def test_a_server_that_lost_the_database_is_one_line(
    postgres_server: Postgres, postgres_template: str, opening: Opening
) -> None:
    name = postgres_server.create(postgres_template)
    engine = opening(postgres_server.url(name))
    begin(engine, 0)
    postgres_server.drop(name)
    assert f'database "{name}" does not exist' in refusal(engine)


@pytest.mark.servers
def test_a_connection_that_breaks_loses_its_transaction_and_nothing_else(
    postgresql_url: str, opening: Opening
) -> None:
    engine, other = opening(postgresql_url), opening(postgresql_url)
    begin(engine, 0)
    before = rows(engine)

    def cut(*told: object) -> None:
        if "INSERT INTO passes" in str(told[2]):
            event.remove(engine, "before_cursor_execute", cut)
            with other.connect() as connection:
                others = "pid <> pg_backend_pid() AND datname = current_database()"
                ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"  # noqa: S608
                connection.execute(text(ended))

    event.listen(engine, "before_cursor_execute", cut)
    assert "terminating connection" in refusal(engine)
    assert rows(engine) == before
    begin(engine, 1)


def test_a_full_disk_is_one_line_and_loses_nothing_recorded(
    sqlite_url: str, opening: Opening
) -> None:
    engine = opening(sqlite_url)
    this = begin(engine, 0)

    @event.listens_for(engine, "connect")
    def _bound(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # a connection of the driver
        cursor.execute("PRAGMA max_page_count = 1")  # as many as there are, and no more
        cursor.close()

    engine.dispose()
    with pytest.raises(StartError, match=r"disk is full; see database\.url"):
        SqlPasses(engine).finish(this, "complete", {"much": "x" * 1_000_000})
    assert SqlPasses(engine).last() == this


def test_a_file_that_was_ruined_is_one_line(
    sqlite_url: str, tmp_path: Path, opening: Opening
) -> None:
    engine = opening(sqlite_url)
    begin(engine, 0)
    engine.dispose()
    path = tmp_path / "watcher.db"
    head = path.read_bytes()[:100]
    path.write_bytes(head + b"\xff" * (path.stat().st_size - 100))
    assert "malformed" in refusal(engine)


def test_a_file_that_may_only_be_read_is_one_line(
    sqlite_url: str, tmp_path: Path, opening: Opening
) -> None:
    begin(opening(sqlite_url), 0)
    engine = opening(f"sqlite:///file:{tmp_path / 'watcher.db'}?mode=ro&uri=true")
    assert "readonly database" in refusal(engine)
    assert SqlPasses(engine).last() is not None


def test_a_file_that_another_process_keeps_locked_is_one_line(
    sqlite_url: str, tmp_path: Path, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_room, "_BUSY_MILLISECONDS", 200)
    engine = opening(sqlite_url)
    this = begin(engine, 0)
    with closing(sqlite3.connect(tmp_path / "watcher.db", isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        assert "database is locked" in refusal(engine)
        another.execute("ROLLBACK")
    assert SqlPasses(engine).last() == this
    begin(engine, 1)


@pytest.mark.servers
def test_a_server_that_only_lets_read_is_one_line(postgresql_url: str, opening: Opening) -> None:
    this = begin(opening(postgresql_url), 0)
    reading = f"{postgresql_url}&options=-cdefault_transaction_read_only%3Don"
    engine = opening(reading)
    assert "read-only transaction" in refusal(engine)
    assert SqlPasses(engine).last() == this


def test_a_wrong_statement_stays_a_defect(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("SELECT nothing FROM nowhere"))
