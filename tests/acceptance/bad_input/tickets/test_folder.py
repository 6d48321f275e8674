"""A folder that takes no tickets: named in one line, and the next pass files exactly once."""

from __future__ import annotations

import io
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.acceptance.bad_input.looks import assert_clear
from tests.acceptance.bad_input.story import day, written
from tests.acceptance.bad_input.tickets.shop import Shop, before_the_ticket, counts
from watcher.cli.application import run
from watcher.cli.session import Session

pytestmark = pytest.mark.servers

BEFORE_TICKETS = ("knowledge", "inventory", "catalog", "match", "exposure", "bump")


def assert_files_once(shop: Shop) -> None:
    """Make sure that the next pass files what could not be filed, and the one after it nothing."""
    assert [counts(shop.sync(number)) for number in (4, 5)] == [(1, 0, 0), (0, 0, 0)]
    assert shop.files() == ["1.md"]
    (bump,) = shop.bumps()
    assert bump["ticket"]["id"] == "1"


def test_a_file_in_the_place_of_the_folder_is_named(shop: Shop) -> None:
    shop.folder.write_text("a list of tickets")
    told = shop.sync(3)
    assert (told.code, told.failures) == (1, [("ticket", "t", True)])
    (line,) = told.lines
    assert_clear(line, "failed: ticket: t: ", str(shop.folder), "Not a directory", "its path")
    assert counts(told) == (0, 0, 0)
    assert shop.bumps()[0]["ticket"] is None
    shop.folder.unlink()
    assert_files_once(shop)


def test_a_folder_below_a_file_is_named(shop: Shop) -> None:
    below = shop.fleet.folder / "watcher.yaml" / "tickets"
    shop.fleet.changes["trackers"] = [{"name": "t", "kind": "folder", "path": str(below)}]
    told = shop.sync(3)
    assert told.code == 1
    (line,) = told.lines
    assert_clear(line, "failed: ticket: t: ", str(below), "Not a directory", "its path")
    shop.fleet.changes["trackers"] = [{"name": "t", "kind": "folder", "path": str(shop.folder)}]
    assert_files_once(shop)


def test_a_folder_that_cannot_be_made_is_named_with_the_ticket_that_waits(shop: Shop) -> None:
    target = shop.fleet.folder / "elsewhere"
    shop.folder.symlink_to(target)  # a mount that is not there
    told = shop.sync(3)
    assert told.failures == [("ticket", "t: local/base/python:3.12", True)]
    (line,) = told.lines
    assert_clear(line, "failed: ticket: t: local/base/python:3.12: ", str(shop.folder))
    target.mkdir()
    assert_files_once(shop)


def test_a_folder_that_vanished_files_nothing_anew(ticketed: Shop) -> None:
    away = ticketed.folder.rename(ticketed.fleet.folder / "away")
    ticketed.rebuild("api")
    told = ticketed.sync(4)
    assert (told.code, counts(told)) == (1, (0, 0, 0))
    (line,) = told.lines
    assert_clear(line, "failed: ticket: t: ", str(ticketed.folder), "1 tickets", "restore")
    away.rename(ticketed.folder)
    told = ticketed.sync(5)
    assert (told.code, counts(told), ticketed.files()) == (0, (0, 1, 0), ["1.md"])


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the kernel refuse to write more than this, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def pass_without_room(configuration: Path, number: float) -> tuple[int, list[str]]:
    """File tickets where no file may grow beyond a few bytes; the record is on a server."""
    session = Session(environment={}, now=lambda: day(30))
    told = ["sync", "--at", written(day(number)), "--only", "ticket"]
    out, err = io.StringIO(), io.StringIO()
    with largest_file(20), redirect_stdout(out), redirect_stderr(err):
        code = run(["--config", str(configuration), *told], session)
    return code, err.getvalue().splitlines()


def test_a_full_folder_is_named_and_loses_nothing(new_shop: Shop, postgresql_url: str) -> None:
    shop, fleet = new_shop, new_shop.fleet
    fleet.changes["database"] = {"url": postgresql_url}
    before_the_ticket(shop)
    assert shop.sync(3, "--only", *BEFORE_TICKETS).code == 0
    code, lines = pass_without_room(fleet.configuration, 3)
    assert (code, shop.files()) == (1, [])
    (line,) = lines
    named = ("failed: ticket: t: local/base/python:3.12: ", str(shop.folder), "free space there")
    assert_clear(line, *named)
    assert_files_once(shop)
    shop.rebuild("api", "web")
    assert shop.sync(6, "--only", *BEFORE_TICKETS).code == 0
    kept = (shop.folder / "1.md").read_bytes()
    code, lines = pass_without_room(fleet.configuration, 6)
    assert (code, len(lines), (shop.folder / "1.md").read_bytes()) == (1, 1, kept)
    assert counts(shop.sync(7)) == (0, 0, 1)
    assert shop.ticket()[0]["state"] == "closed"
