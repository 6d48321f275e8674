"""The ledger in columns tells the same as windows do, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine

from tests.contract.store.bases import Yard
from tests.contract.store.fleet import day
from tests.contract.store.test_milestones import KNOWN, WEB, first, rebuilt, taken, ticket
from tests.contract.store.test_statements import LARGE, SMALL, Opening, counted, fleet_of
from watcher.adapters.store.bumps import SqlBumps
from watcher.bootstrap import App, build
from watcher.config import load
from watcher.ports.store.passes import PassRecord
from watcher.reading.management import Draft
from watcher.reading.reading import Asked, Reading
from watcher.report.written import written

__all__ = ["first"]


@pytest.fixture
def yard(engine: Engine) -> Yard:
    return Yard(engine)


@contextmanager
def opened(engine: Engine, folder: Path) -> Iterator[App]:
    """A watcher over a record."""
    url = engine.url.render_as_string(hide_password=False)
    file = folder / "watcher.yaml"
    file.write_text(yaml.safe_dump({"database": {"url": url}}), encoding="utf-8")
    with build(load(file, {})) as app:
        yield app


def draft(app: App, at: datetime) -> Draft:
    return Draft.of(Reading.of(app, Asked(at), at), at - timedelta(days=10))


@pytest.fixture
def story(yard: Yard, first: PassRecord) -> list[PassRecord]:
    """A base that is fixed, a ticket for it, a stream that moves, a flaw withdrawn and back."""
    store = SqlBumps(yard.engine)
    second = rebuilt(yard, 2, "libc-old")
    asked = yard.begin(2.2)
    store.filed(asked, ticket(asked, WEB))
    yard.finish(asked)
    third = rebuilt(yard, 3, "libc-new")
    fourth = yard.begin(4)
    yard.make(fourth, "clean", {"scratch": ["tar"]})
    yard.move(fourth, WEB, "clean", 3.5)
    taken(yard, fourth, KNOWN)
    gone = taken(yard, yard.begin(5), {"jinja": ["J"]})
    back = taken(yard, yard.begin(6), {"jinja": ["J", "K"], "libc-old": ["V", "K"]})
    yard.begin(7)
    return [first, second, asked, third, fourth, gone, back]


def test_the_report_of_each_pass_is_the_one_drawn_from_windows(
    yard: Yard, story: list[PassRecord], tmp_path: Path
) -> None:
    with opened(yard.engine, tmp_path) as app:
        for this in story:
            drawn = draft(app, this.at)
            assert written(drawn.in_columns()) == written(drawn.one_by_one())


def test_bases_and_tickets_are_told_of_in_columns(
    yard: Yard, story: list[PassRecord], tmp_path: Path
) -> None:
    with opened(yard.engine, tmp_path) as app:
        columns, upto = app.columns, story[-1].number
        told = columns.episodes(upto, day(-99), ())
        beneath = columns.beneath(upto, told.platforms, columns.flaws(upto, told.vulnerability))
        assert len(beneath.stream) == len(beneath.base) > 0
        assert len(beneath.brought.of) > 0
        assert len(beneath.clean.of) > 0
        assert len(beneath.asked.of) == len(beneath.asked_of) == 1


def test_a_report_takes_as_many_statements_however_large_the_fleet_is(
    opening: Opening, database_url: str, other_url: str, tmp_path: Path
) -> None:
    taken_by: list[dict[str, int]] = []
    for url, size in ((database_url, SMALL), (other_url, LARGE)):
        engine, fleet = opening(url), fleet_of(size)
        fleet.sync(engine, day(0))
        with opened(engine, tmp_path) as app, counted(app.database.engine) as statements:
            draft(app, day(1)).in_columns()
        taken_by.append(dict(statements))
    assert taken_by[0] == taken_by[1]
