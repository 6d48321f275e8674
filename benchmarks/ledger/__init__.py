"""The ledger of years: a fleet of 10,000 streams over two years, its folds, reports and recount."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from benchmarks.ledger.fill import fill
from benchmarks.ledger.measure import Asking, measure_fold, measure_reading, measure_rebuild
from benchmarks.ledger.years import Years
from benchmarks.scale import Databases, databases_of, print_sheets, say
from benchmarks.scale_copy import copy_record
from benchmarks.scale_sheet import Sheet
from watcher.config import load

PARTS = (4, 2, 1)  # of the whole fleet: its quarter, its half, and all of it


def run(streams: int) -> int:
    """Measure a quarter of the fleet, half of it and all, on both databases, and print."""
    sheets: dict[str, Sheet] = {}
    with databases_of("watcher-ledger-") as databases:
        for part in PARTS:
            sheets |= _measured(streams // part, databases)
    print_sheets(sheets)
    return 0


def _measured(streams: int, databases: Databases) -> dict[str, Sheet]:
    file, server = databases.sqlite(), databases.postgresql()
    say(f"{streams:,} streams: two years of facts …")
    asking = Asking.of(databases.folder, str(file.url))
    made = load(asking.config, {}).snapshot()
    told = fill(file, Years(streams), made)
    copy_record(file, server)
    sheets: dict[str, Sheet] = {}
    for engine in (file, server):
        name = f"{streams:,} {engine.dialect.name}"
        sheet = sheets[name] = Sheet()
        if engine is file:
            sheet.note("every fact folded for the first time, s", told.folded)
        with _put_away(engine):
            _measure(sheet, engine, databases)
        print_sheets({name: sheet})  # what is measured is told, whatever comes
    return sheets


def _measure(sheet: Sheet, engine: Engine, databases: Databases) -> None:
    say(f"measuring {engine.dialect.name} …")
    url = engine.url.render_as_string(hide_password=False)
    asking = Asking.of(databases.folder, url)
    measure_reading(sheet, engine, asking)
    measure_rebuild(sheet, asking)
    measure_fold(sheet, url)


@contextmanager
def _put_away(engine: Engine) -> Iterator[None]:
    try:
        yield
    finally:
        engine.dispose()
