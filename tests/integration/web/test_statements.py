"""How many statements a page takes: the same for any number of streams."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from tests.fakes.scanner import Known, fake_package
from tests.integration.store_views.conftest import Fleet, day
from tests.integration.web.conftest import browsing
from tests.servers.sqlite import copy_database
from watcher.adapters.store.engine import open_engine
from watcher.bootstrap import App

SMALL, LARGE = 3, 60
PAGES = [
    "/exposures",
    "/exposures?state=any&severity=high&sort=severity&team=shop&q=shared",
    "/streams",
    "/streams/local/shop",
    "/streams/local/shop/r1:latest",
    "/vulnerabilities/CVE-2026-1",
    "/bumps",
    "/coverage",
    "/knowledge",
    "/find?q=shared",
    "/healthz",
    "/readyz",
]


@contextmanager
def counted(app: App) -> Iterator[list[str]]:
    """The statements that a block takes."""
    taken: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        taken.append(statement)

    event.listen(app.database.engine, "before_cursor_execute", count)
    yield taken
    event.remove(app.database.engine, "before_cursor_execute", count)


def statements(template: Path, folder: Path, size: int) -> dict[str, int]:
    """How many statements each page takes over so many streams."""
    database = folder / f"{size}.db"
    copy_database(template, database)
    engine = open_engine(f"sqlite:///{database}")
    fleet = Fleet(engine)
    shared = fake_package("shared")
    for number in range(size):
        fleet.push(f"shop/r{number}", "latest", [shared, fake_package(f"own{number}")])
    fleet.learn(day(0), [Known("shared", "CVE-2026-1"), Known("shared", "CVE-2026-2")])
    fleet.sync(day(1))
    engine.dispose()
    with browsing(database) as (web, app):
        found: dict[str, int] = {}
        for path in PAGES:
            with counted(app) as taken:
                assert web.get(path).status == 200
            found[path] = len(taken)
    return found


def test_a_page_takes_the_same_statements_for_any_number_of_streams(
    sqlite_template: Path, tmp_path: Path
) -> None:
    small = statements(sqlite_template, tmp_path, SMALL)
    large = statements(sqlite_template, tmp_path, LARGE)
    assert {path: (small[path], large[path]) for path in PAGES if small[path] < large[path]} == {}
    assert (
        max(large.values()) < 70
    )  # the first list after a pass reads what the later ones are kept


def test_pages_of_a_list_hold_all_of_it_once(sqlite_template: Path, tmp_path: Path) -> None:
    statements(sqlite_template, tmp_path, LARGE)
    with browsing(tmp_path / f"{LARGE}.db") as (web, _):
        seen: list[str] = []
        for number in (1, 2, 3, 4):
            answer = web.get(f"/exposures?page={number}&sort=stream")
            rows = [link for link in answer.links if link.startswith("/streams/local/shop/")]
            seen += [f"{link} {place}" for place, link in enumerate(rows)] if number > 3 else rows
        assert len(seen) == 2 * LARGE
        assert len(set(seen)) == LARGE


@pytest.mark.parametrize("path", ["/exposures", "/streams"])
def test_a_page_stays_light(sqlite_template: Path, tmp_path: Path, path: str) -> None:
    statements(sqlite_template, tmp_path, LARGE)
    with browsing(tmp_path / f"{LARGE}.db") as (web, _):
        assert len(web.get(path).body) < 250_000
