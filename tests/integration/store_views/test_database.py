"""The database as commands find it: missing, empty, ready, newer, or broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from watcher.adapters.store.database import Database
from watcher.bootstrap import build
from watcher.config import load
from watcher.domain.errors import StartError

Opening = Callable[[str], Engine]


def test_a_file_that_is_not_there_is_not_made_by_looking(tmp_path: Path, opening: Opening) -> None:
    file = tmp_path / "watcher.db"
    database = Database(opening(f"sqlite:///{file}"))
    assert (database.state().current, database.state().ready, database.size) == (None, False, 0)
    with pytest.raises(
        StartError, match=f"there is no database at {file}: run `watcher sync`, or correct"
    ):
        database.require(own_upgrade=False)
    assert list(tmp_path.iterdir()) == []


def test_a_relative_path_is_told_by_where_it_was_looked_for(
    tmp_path: Path, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database = Database(opening("sqlite:///wacther.db"))
    with pytest.raises(StartError, match=f"no database at {tmp_path / 'wacther.db'}: run"):
        database.require(own_upgrade=False)


@pytest.mark.parametrize("own_upgrade", [True, False])
def test_a_folder_that_does_not_exist_is_named(
    tmp_path: Path, opening: Opening, *, own_upgrade: bool
) -> None:
    folder = tmp_path / "nope" / "dir"
    database = Database(opening(f"sqlite:///{folder / 'watcher.db'}"))
    with pytest.raises(StartError, match=f"cannot be made: {folder} is no folder: make it, or"):
        database.require(own_upgrade=own_upgrade)


def test_a_pass_makes_the_file_by_itself(tmp_path: Path, opening: Opening) -> None:
    database = Database(opening(f"sqlite:///{tmp_path / 'watcher.db'}"))
    database.require(own_upgrade=True)
    assert database.state().ready
    assert (database.size or 0) > 0
    database.require(own_upgrade=False)


@pytest.mark.servers
def test_a_server_is_upgraded_only_by_the_command_for_it(
    empty_postgresql_url: str, opening: Opening
) -> None:
    database = Database(opening(empty_postgresql_url))
    with pytest.raises(StartError, match="is empty: run `watcher db upgrade`"):
        database.require(own_upgrade=True)
    assert (database.file, database.size) == (None, None)
    assert database.upgrade().ready
    database.require(own_upgrade=True)


def test_a_database_of_a_newer_watcher_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (
        lambda: Database(engine).require(own_upgrade=True),
        lambda: Database(engine).require(own_upgrade=False),
        lambda: Database(engine).upgrade(),
    ):
        with pytest.raises(StartError, match="9999, newer than this watcher"):
            attempt()


def test_an_address_is_shown_without_its_password(opening: Opening) -> None:
    database = Database(opening("postgresql+psycopg://me:secret@127.0.0.1:1/watcher?password=too"))
    assert database.address == "postgresql+psycopg://me:***@127.0.0.1:1/watcher"
    with pytest.raises(StartError) as raised:
        database.state()
    assert "secret" not in str(raised.value)


def test_a_database_that_fails_under_way_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "watcher.yaml"
    file.write_text(f"database: {{url: 'sqlite:///{tmp_path / 'watcher.db'}'}}\n", encoding="utf-8")
    with (
        pytest.raises(
            StartError, match=r"watcher\.db failed: .*no such table.*run the command again"
        ),
        build(load(file, {})) as app,
    ):
        app.views.finished(None)
