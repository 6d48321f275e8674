"""A backup is one state of everything, whole or not there, and serves either kind of database."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, insert, inspect, select

from tests.fakes.progress import Silent
from tests.integration.upgrades.kept import RELEASES, lay_out_on
from tests.integration.upgrades.recipe import HISTORY, SAID, told
from tests.timelines.world import World
from watcher.adapters.store.backup import back_up, verified
from watcher.adapters.store.database import Database
from watcher.adapters.store.lock import NamedLock
from watcher.adapters.store.recount import SqlRecount
from watcher.adapters.store.schema import revisions
from watcher.adapters.store.tables import metadata
from watcher.adapters.store.tables.passes import passes
from watcher.domain.errors import StartError, UsageError
from watcher.services.rebuild import rebuild

Opening = Callable[[str], Engine]
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def played(engine: Engine) -> Engine:
    """A record with something of every kind in it."""
    world = World(HISTORY, engine)
    for happened in HISTORY["passes"]:
        world.play(happened)
    return engine


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def elsewhere(request: pytest.FixtureRequest, opening: Opening, tmp_path: Path) -> Engine:
    """An empty database of either kind, without a schema."""
    if request.param == "sqlite":
        return opening(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    return opening(request.getfixturevalue("empty_postgresql_url"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "scratch"


def rows(engine: Engine) -> dict[str, list[Any]]:
    """Everything, as both databases give it."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by("id"))]
            for table in metadata.sorted_tables
        }


def is_empty(engine: Engine) -> bool:
    names = set(inspect(engine).get_table_names()) - {"alembic_version"}
    with engine.connect() as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(one))
            for one in metadata.sorted_tables
            if one.name in names
        ]
    return not any(counts)


def left_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir() if ".half" in one.name)


def test_what_was_backed_up_is_restored_to_the_row_on_either_kind(
    played: Engine, elsewhere: Engine, file: Path, scratch: Path
) -> None:
    made = Database(played).back_up(file, NOW)
    assert Database(elsewhere).restore(file, scratch) == made
    before = rows(played)
    assert rows(elsewhere) == before
    assert sum(map(len, before.values())) + 1 == made.rows  # and the number of the migration
    assert told(World(HISTORY, elsewhere)) == told(World(HISTORY, played))
    assert left_in(file.parent) == []


def test_a_restored_database_goes_on(
    played: Engine, elsewhere: Engine, file: Path, scratch: Path
) -> None:
    Database(played).back_up(file, NOW)
    Database(elsewhere).restore(file, scratch)
    going_on = World(HISTORY, elsewhere)
    going_on.play({"at": 20, "tags": {"api": "A"}, "knowledge": {"effective": 19, "matches": {}}})
    assert told(going_on)[-1] == told(World(HISTORY, played))[-1]
    assert rebuild(SqlRecount(elsewhere), None, Silent()).differences == []


def test_nothing_and_null_in_json_are_told_apart(
    engine: Engine, elsewhere: Engine, file: Path, scratch: Path
) -> None:
    played_once = World(HISTORY, engine)
    played_once.play(HISTORY["passes"][0])
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE passes SET summary = NULL")
    Database(engine).back_up(file, NOW)
    Database(elsewhere).restore(file, scratch)
    with elsewhere.connect() as connection:
        nothing = "SELECT count(*) FROM passes WHERE summary IS NULL"
        assert connection.exec_driver_sql(nothing).scalar() == 1


@pytest.mark.parametrize("release", RELEASES)
def test_a_backup_of_an_earlier_release_is_brought_to_this_one(
    release: str, empty_url: str, opening: Opening, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    old = opening(empty_url)
    lay_out_on(release, old, tmp_path / "left.db")
    made = Database(old).back_up(tmp_path / "backup.db", NOW)
    assert made.migration == release
    other = "sqlite" if old.dialect.name == "postgresql" else "postgresql"
    new = opening(request.getfixturevalue(f"other_{other}_url"))
    Database(new).restore(tmp_path / "backup.db", tmp_path / "scratch")
    assert Database(new).state().current == revisions()[-1]
    assert told(World(HISTORY, new)) == SAID


@pytest.fixture
def file_alone(sqlite_url: str, opening: Opening) -> Engine:
    """A played record in a file, for what is the same whatever it is in."""
    engine = opening(sqlite_url)
    world = World(HISTORY, engine)
    for happened in HISTORY["passes"]:
        world.play(happened)
    return engine


def test_a_backup_taken_while_passes_go_on_is_one_state_of_everything(
    engine: Engine, elsewhere: Engine, tmp_path: Path, scratch: Path
) -> None:
    done = Event()

    def go_on() -> None:
        world = World(HISTORY, engine)
        for happened in HISTORY["passes"]:
            world.play(happened)
        done.set()

    passing = Thread(target=go_on)
    World(HISTORY, engine)
    passing.start()
    taken: list[Path] = []
    while not done.is_set():
        taken.append(tmp_path / f"{len(taken)}.db")
        Database(engine).back_up(taken[-1], NOW)
    passing.join()
    assert len(taken) > 1
    filled = [one for one in taken if verified(one).tables["passes"].rows > 1]
    Database(elsewhere).restore(filled[len(filled) // 2], scratch)
    assert rebuild(SqlRecount(elsewhere), None, Silent()).differences == []


def test_a_backup_is_never_written_over(played: Engine, file: Path) -> None:
    file.write_text("dear to somebody")
    with pytest.raises(UsageError, match=r"backup\.db is there already"):
        Database(played).back_up(file, NOW)
    assert file.read_text() == "dear to somebody"


def test_nobody_else_may_read_a_backup(played: Engine, file: Path) -> None:
    Database(played).back_up(file, NOW)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_database_that_holds_anything_is_left_alone(
    played: Engine, other_url: str, opening: Opening, file: Path, scratch: Path
) -> None:
    Database(played).back_up(file, NOW)
    full = opening(other_url)
    World(HISTORY, full).play(HISTORY["passes"][0])
    before = rows(full)
    with pytest.raises(StartError, match=r"is not empty \(.* have rows\)") as refused:
        Database(full).restore(file, scratch)
    assert "\n" not in str(refused.value)
    assert rows(full) == before


def test_a_database_that_a_watcher_serves_is_left_alone(
    played: Engine, other_url: str, opening: Opening, file: Path, scratch: Path
) -> None:
    Database(played).back_up(file, NOW)
    served = opening(other_url)
    with (
        NamedLock(served, "leader").taken(),
        pytest.raises(StartError, match=r"a watcher runs on .*: stop it"),
    ):
        Database(served).restore(file, scratch)
    assert is_empty(served)


def test_a_database_of_a_newer_watcher_is_not_backed_up(played: Engine, file: Path) -> None:
    with played.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StartError, match="newer than this watcher"):
        Database(played).back_up(file, NOW)
    assert not file.exists()


def test_a_backup_of_a_newer_watcher_is_refused(
    file_alone: Engine, elsewhere: Engine, file: Path, scratch: Path
) -> None:
    with file_alone.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    back_up(file_alone, file, NOW)
    with pytest.raises(StartError, match="9999, which this watcher does not know"):
        Database(elsewhere).restore(file, scratch)
    assert is_empty(elsewhere)


def damaged_rows(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE passes SET at = '2020-01-01 00:00:00.000000' WHERE id = 1")


def lost_rows(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM episodes WHERE id = 1")


def lost_table(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TABLE birth_findings")


def cut_short(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def overwritten(file: Path) -> None:
    with file.open("r+b") as half:
        half.seek(file.stat().st_size // 2)
        half.write(os.urandom(8192))


@pytest.mark.parametrize(
    "damage",
    [damaged_rows, lost_rows, lost_table, cut_short, overwritten],
    ids=lambda it: it.__name__,
)
def test_a_damaged_backup_is_refused_in_one_line(
    damage: Callable[[Path], None],
    file_alone: Engine,
    elsewhere: Engine,
    file: Path,
    scratch: Path,
) -> None:
    Database(file_alone).back_up(file, NOW)
    damage(file)
    with pytest.raises(StartError, match="is damaged") as refused:
        Database(elsewhere).restore(file, scratch)
    assert "\n" not in str(refused.value)
    assert is_empty(elsewhere)


@pytest.mark.parametrize("content", [b"", b"dear diary", None])
def test_what_is_no_backup_is_refused(
    content: bytes | None, elsewhere: Engine, file: Path, scratch: Path
) -> None:
    if content is not None:
        file.write_bytes(content)
    with pytest.raises((StartError, UsageError), match=str(file)) as refused:
        Database(elsewhere).restore(file, scratch)
    assert "\n" not in str(refused.value)
    assert is_empty(elsewhere)


def test_a_database_of_ours_is_no_backup(sqlite_url: str, elsewhere: Engine, scratch: Path) -> None:
    with pytest.raises(UsageError, match="is no backup"):
        Database(elsewhere).restore(Path(sqlite_url.removeprefix("sqlite:///")), scratch)


def test_an_empty_database_has_nothing_to_back_up(elsewhere: Engine, file: Path) -> None:
    with pytest.raises(StartError, match="run `watcher"):
        Database(elsewhere).back_up(file, NOW)
    assert not file.exists()


def test_a_server_numbers_what_comes_after_what_was_restored(
    played: Engine, elsewhere: Engine, file: Path, scratch: Path
) -> None:
    Database(played).back_up(file, NOW)
    Database(elsewhere).restore(file, scratch)
    with elsewhere.begin() as connection:
        before = connection.scalar(select(func.max(passes.c.id))) or 0
        copy = select(*[one for one in passes.c if one.name != "id"]).limit(1)
        names = [one.name for one in passes.c if one.name != "id"]
        connection.execute(insert(passes).from_select(names, copy))
        assert connection.scalar(select(func.max(passes.c.id))) == before + 1


# Nothing that a killed process leaves may be taken for a backup, or for a restored database.


def killed_at(step: int, act: Callable[[], object]) -> int:
    """Act in a fork that is killed before its statement of that number; how it ended."""
    child = os.fork()
    if child == 0:
        count = 0

        def die(*_: object) -> None:
            nonlocal count
            count += 1
            if count > step:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", die)
        act()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def test_a_backup_killed_at_any_step_leaves_none(played: Engine, file: Path) -> None:
    played.dispose()
    deaths = 0
    for step in (0, 1, 2, 5, 20, 40, 60, 80, 100):
        ended = killed_at(step, lambda: Database(played).back_up(file, NOW))
        if ended == 0:
            file.unlink()
            break
        deaths += 1
        assert not file.exists()
    assert deaths > 3
    assert Database(played).back_up(file, NOW).rows
    assert left_in(file.parent) == []


def test_a_restore_killed_at_any_step_leaves_the_database_empty(
    file_alone: Engine, elsewhere: Engine, file: Path, scratch: Path
) -> None:
    played = file_alone
    Database(played).back_up(file, NOW)
    played.dispose()
    deaths = 0
    for step in (0, 5, 20, 40, 60, 80, 100, 130, 160, 200):
        elsewhere.dispose()
        if killed_at(step, lambda: Database(elsewhere).restore(file, scratch)) == 0:
            break
        deaths += 1
        assert is_empty(elsewhere)
    assert deaths > 3
    if is_empty(elsewhere):
        Database(elsewhere).restore(file, scratch)
    assert rows(elsewhere) == rows(played)
    assert left_in(file.parent) == []
