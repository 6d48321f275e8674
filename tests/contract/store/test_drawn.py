"""Reports that were drawn lately, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from tests.contract.store.fleet import day
from watcher.adapters.store.drawn import SqlDrawnReports
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.tables.published import drawn_reports
from watcher.ports.store.drawn import Drawing
from watcher.ports.store.passes import Snapshot

HOUR = timedelta(hours=1)


@pytest.fixture
def drawing(engine: Engine) -> Drawing:
    """Of the first pass."""
    return Drawing("a" * 64, _pass(engine, 1), day(1))


def _pass(engine: Engine, number: int) -> int:
    passes = SqlPasses(engine)
    begun = passes.begin(day(number), day(number), [], Snapshot("b" * 64, "{}"))
    passes.finish(begun, "complete", {})
    return begun.number


def _number(engine: Engine) -> int | None:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(drawn_reports))


def test_the_newest_of_a_time_comes_back_as_it_was(engine: Engine, drawing: Drawing) -> None:
    kept = SqlDrawnReports(engine)
    kept.keep(drawing, b"early" * 1000)
    kept.keep(replace(drawing, as_of=day(1) + HOUR), b"later")
    kept.keep(replace(drawing, as_of=day(1) + 3 * HOUR), b"to come")
    asked = replace(drawing, as_of=day(1) + 2 * HOUR)
    assert kept.found(asked, day(1)) == b"later"
    assert kept.found(drawing, day(1)) == b"early" * 1000
    assert kept.found(asked, day(1) + 2 * HOUR) is None


def test_one_is_told_only_to_who_asks_for_the_same(engine: Engine, drawing: Drawing) -> None:
    kept = SqlDrawnReports(engine)
    kept.keep(drawing, b"of this")
    assert kept.found(replace(drawing, asked="c" * 64), day(0)) is None
    assert kept.found(replace(drawing, upto=drawing.upto + 1), day(0)) is None


def test_those_of_earlier_passes_go_and_a_few_of_the_last_one_stay(
    engine: Engine, drawing: Drawing
) -> None:
    kept = SqlDrawnReports(engine)
    kept.keep(drawing, b"of the first pass")
    later = replace(drawing, upto=_pass(engine, 2))
    for minute in range(20):
        kept.keep(replace(later, as_of=day(2) + minute * timedelta(minutes=1)), b"later")
    assert kept.found(drawing, day(0)) is None
    assert _number(engine) == 8


def test_the_same_that_is_drawn_twice_at_a_time_is_kept_once(
    engine: Engine, drawing: Drawing
) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: SqlDrawnReports(engine).keep(drawing, b"same"), range(8)))
    assert SqlDrawnReports(engine).found(drawing, day(0)) == b"same"
    assert _number(engine) == 1


@pytest.mark.servers
def test_where_nothing_can_be_written_nothing_is_kept_and_nobody_hears_of_it(
    postgresql_url: str,
) -> None:
    read_only = open_engine(f"{postgresql_url}&options=-cdefault_transaction_read_only%3Don")
    kept, drawing = SqlDrawnReports(read_only), Drawing("a" * 64, 1, day(1))
    kept.keep(drawing, b"lost")
    assert kept.found(drawing, day(0)) is None
    read_only.dispose()
