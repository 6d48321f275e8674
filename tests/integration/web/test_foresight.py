"""What pages ask of the whole record is worked out before anybody asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier

import pytest
from sqlalchemy import event

from tests.integration.web.conftest import NOON
from watcher.bootstrap import App
from watcher.domain.errors import StartError
from watcher.reading import browse, documents, many
from watcher.reading.gauges import fleet
from watcher.reading.memory import Keeping, Memory
from watcher.reading.reading import Reading
from watcher.web.access.person import ANYBODY
from watcher.web.foresight import Foresight
from watcher.web.pages import report
from watcher.web.site import Site


@pytest.fixture
def site(app: App) -> Site:
    return Site(app, lambda: NOON)


@contextmanager
def tables_read(app: App) -> Iterator[set[str]]:
    """Which of the ledger's large tables are read in a block."""
    found: set[str] = set()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.update(one for one in ("episodes", "bindings", "catalogues") if one in statement)

    event.listen(app.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(app.database.engine, "before_cursor_execute", note)


def asked(record: Reading) -> None:
    report.drawn(record)
    documents.streams(record)
    many.open_windows(record)
    browse.tracks(record)
    documents.bumps(record)
    documents.knowledge(record)
    fleet(record)


def test_who_asks_after_that_has_nothing_of_the_whole_fleet_read(site: Site, app: App) -> None:
    with tables_read(app) as before:
        Foresight(site.whole, site.memory.renewing()).look()
    record = site.reading(ANYBODY, None)
    with tables_read(app) as after:
        asked(record)
    assert before == {"episodes", "bindings", "catalogues"}
    assert after == set()


def test_a_second_look_reads_nothing_of_the_fleet(site: Site, app: App) -> None:
    foresight = Foresight(site.whole, site.memory.renewing())
    foresight.look()
    with tables_read(app) as read:
        foresight.look()
    assert read == set()


def test_a_database_that_is_away_is_asked_again() -> None:
    again = Barrier(2)

    def read(_: Keeping) -> Reading:
        again.wait(10)
        raise StartError("the database is away")

    with Foresight(read, Memory().renewing(), every=0.01).working():
        assert [again.wait(10) in {0, 1} for _ in range(3)] == [True] * 3
        again.abort()
