"""What a pass cannot start without: exit code 3, one line, and nothing half done."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.acceptance.bad_input.databases import BROKEN
from tests.acceptance.bad_input.fleet import Fleet, push_first
from tests.acceptance.bad_input.looks import assert_clear
from tests.acceptance.bad_input.story import FIRST
from watcher.adapters.store.engine import open_engine

pytestmark = pytest.mark.servers


def assert_refused(fleet: Fleet, *named: str) -> None:
    told = fleet.sync(1)
    assert told.code == 3
    (line,) = told.lines
    assert_clear(line, "error: ", *named)
    assert told.document == {}


@pytest.mark.parametrize("wrong", ["a database of garbage", "a newer schema", "no archive"])
def test_a_first_database_that_is_none_is_named(new_fleet: Fleet, wrong: str) -> None:
    artifact, reason = BROKEN[wrong]
    digest = new_fleet.publish(artifact)
    assert_refused(new_fleet, "no usable vulnerability database", digest, reason)


def test_a_first_database_that_is_nowhere_is_named_and_what_was_seen_is_kept(
    fleet: Fleet, new_fleet: Fleet
) -> None:
    push_first(new_fleet)
    new_fleet.mirror.stop()
    told = new_fleet.sync(0)
    assert told.code == 3
    host = new_fleet.mirror.host
    assert_clear(told.lines[0], "no usable vulnerability database", host, "connection refused")
    new_fleet.mirror.start()
    new_fleet.publish(FIRST)
    assert new_fleet.sync(1).code == fleet.sync(1).code == 0
    assert new_fleet.exposures(1) == fleet.exposures(1)


def test_without_trivy_nothing_starts(fleet: Fleet) -> None:
    fleet.trivy.path.unlink()
    assert_refused(fleet, "Trivy is not at", str(fleet.trivy.path), "trivy.binary")


@pytest.mark.parametrize(
    ("says", "named"),
    [
        ("exit 1", "does not tell a version"),
        ("echo rubbish", "does not tell a version"),
        ("""echo '{"Version": "0.50.0"}'""", "0.74.0 or later"),
        ("""echo '{"Version": "dev"}'""", "dev"),
    ],
)
def test_a_program_that_is_no_such_trivy_is_named(fleet: Fleet, says: str, named: str) -> None:
    fleet.trivy.path.write_text(f"#!/bin/sh\n{says}\n")
    assert_refused(fleet, named)


def test_a_database_of_a_newer_watcher_is_left_alone(fleet: Fleet) -> None:
    file = fleet.folder / "watcher.db"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    kept = file.read_bytes()
    assert_refused(fleet, "migration 9999", str(file), "install the newer watcher")
    assert file.read_bytes() == kept


def test_a_postgresql_of_a_newer_watcher_is_left_alone(fleet: Fleet, postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    fleet.changes = {"database": {"url": postgresql_url}}
    assert_refused(fleet, "migration 9999", "install the newer watcher")


def test_a_postgresql_that_is_away_is_named_without_its_password(fleet: Fleet) -> None:
    fleet.changes = {"database": {"url": "postgresql://watcher:hunter2@127.0.0.1:1/facts"}}
    told = fleet.sync(1)
    assert told.code == 3
    assert_clear(told.lines[0], "127.0.0.1:1/facts", "database.url")
    assert "hunter2" not in json.dumps(told.lines)


@pytest.mark.parametrize("place", ["/proc", "{folder}/missing", "{folder}/watcher.yaml"])
def test_a_folder_that_takes_no_database_is_named(fleet: Fleet, place: str) -> None:
    file = Path(place.format(folder=fleet.folder)) / "facts.db"
    fleet.changes = {"database": {"url": f"sqlite:///{file}"}}
    assert_refused(fleet, str(file), "database.url")


def test_a_file_that_is_no_database_is_named_and_left_alone(fleet: Fleet) -> None:
    file = fleet.folder / "letter.txt"
    file.write_text("Dear reader, " * 1000)
    fleet.changes = {"database": {"url": f"sqlite:///{file}"}}
    assert_refused(fleet, str(file), "not a database")
    assert file.read_text().startswith("Dear reader")
