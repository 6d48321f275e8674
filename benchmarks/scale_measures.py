"""What is measured of a record: its size, what stages load and write, what passes take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TypeVar

from sqlalchemy import Engine, event, func, select, text

from benchmarks.scale_fleet import ScaleFleet, day
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.tables.knowledge import matches
from watcher.adapters.store.tables.ledger import episodes
from watcher.adapters.store.tables.packages import catalogues, package_set_members, packages
from watcher.adapters.store.views import SqlViews
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.exposures import WindowFilter
from watcher.ports.store.passes import PassRecord, Snapshot
from watcher.services.exposure import ExposureStage
from watcher.services.match import REMEMBERED

T = TypeVar("T")

NEW_IMAGES = 30
READ_WINDOWS = 5_000
MEBIBYTE = 1 << 20


@dataclass(slots=True)
class Sheet:
    """Figures by what they are of, in the order in which they were taken."""

    figures: dict[str, float] = field(default_factory=dict)

    def note(self, what: str, figure: float) -> None:
        """Take a figure down."""
        self.figures[what] = figure

    def best(self, what: str, work: Callable[[], T], times: int = 3) -> T:
        """Take down how many seconds a piece of work takes, the best of some times."""
        taken: list[float] = []
        for _ in range(times):
            begun = time.perf_counter()
            result = work()
            taken.append(time.perf_counter() - begun)
        self.note(f"{what}, s", min(taken))
        return result


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile."""
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    yield statements
    event.remove(engine, "before_cursor_execute", count)


def measure(engine: Engine, fleet: ScaleFleet) -> Sheet:
    """Measure a record that was filled by one pass of a fleet."""
    sheet = Sheet()
    _sizes(sheet, engine)
    _loads(sheet, engine)
    _reads(sheet, engine)
    _passes(sheet, engine, fleet)
    _new_images(sheet, engine, fleet)
    _delta(sheet, engine, fleet)
    return sheet


def size_on_disk(engine: Engine) -> float:
    """MiB that a database takes; what is not written back yet is written first."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            size = connection.scalar(text("SELECT pg_database_size(current_database())"))
            return float(size or 0) / MEBIBYTE
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return Path(engine.url.database or "").stat().st_size / MEBIBYTE


def _sizes(sheet: Sheet, engine: Engine) -> None:
    with engine.connect() as connection:
        counts = {
            "images": select(func.count()).select_from(catalogues),
            "distinct packages": select(func.count()).select_from(packages),
            "(image, package) pairs": select(func.sum(catalogues.c.package_count)),
            "rows for those pairs": select(func.count()).select_from(package_set_members),
            "matches": select(func.count()).select_from(matches),
            "episodes": select(func.count()).select_from(episodes),
        }
        for what, statement in counts.items():
            sheet.note(what, connection.scalar(statement) or 0)
    sheet.note("size on disk, MiB", size_on_disk(engine))


def _loads(sheet: Sheet, engine: Engine) -> None:
    """What the stages read of a record in which nothing changed, and of one they match whole."""
    store, since = SqlMatches(engine), day(0) - REMEMBERED
    inventory = SqlInventory(engine)
    sheet.best("load: repositories and tags known", lambda: inventory.known("local"))
    sheet.best("load: histories of 200 repositories", lambda: inventory.histories(range(1, 201)))
    sheet.best("load: images uncatalogued", SqlCatalogues(engine).uncatalogued)
    contexts = sheet.best("load: contexts", lambda: store.contexts(since))
    numbers = [one.number for one in contexts]
    sheet.best(
        "load: packages in scope, all contexts",
        lambda: [store.in_scope(one, since, only_new=False) for one in numbers],
    )
    sheet.best(
        "load: packages in scope that are new",
        lambda: [store.in_scope(one, since, only_new=True) for one in numbers],
    )
    sheet.best("load: taking part", lambda: [store.taking_part(one) for one in numbers])
    sheet.best("load: matches held", lambda: [store.held(one) for one in numbers])
    last = _last(engine)
    sheet.best("load: pending, nothing changed", lambda: list(SqlLedger(engine).pending(last)))


def _reads(sheet: Sheet, engine: Engine) -> None:
    """What commands and pages read."""
    views, ledger, last = SqlViews(engine), SqlExposures(engine), _last(engine)
    every = WindowFilter()
    stream = WindowFilter(stream="local/team1/service1:latest")
    flaw = WindowFilter(vulnerability="CVE-2026-lib10")
    sheet.best("read: streams", lambda: views.streams(last.number), times=1)
    sheet.best("read: images", lambda: views.images(last.number), times=1)
    fresh = timedelta(days=1)
    sheet.best("read: coverage", lambda: views.coverage(last.number, last.at, fresh), times=1)
    sheet.best("read: windows of a stream", lambda: list(ledger.windows(stream, last.number)))
    sheet.best("read: windows of a vulnerability", lambda: list(ledger.windows(flaw, last.number)))
    begun = time.perf_counter()
    told = ledger.windows(every, last.number)
    next(told)
    sheet.note("read: first of all windows, s", time.perf_counter() - begun)
    begun = time.perf_counter()
    read = sum(1 for _ in islice(told, READ_WINDOWS))
    sheet.note("read: 1,000 windows more, s", (time.perf_counter() - begun) * 1000 / read)


def _passes(sheet: Sheet, engine: Engine, fleet: ScaleFleet) -> None:
    """Whole passes, by what had happened before each of them."""

    def make(what: str, at: float) -> None:
        begun = time.perf_counter()
        with counted(engine) as statements:
            report = fleet.sync(engine, at)
        if report.failures:
            raise RuntimeError(f"the pass failed: {report.failures[0]}")
        sheet.note(f"pass: {what}, s", time.perf_counter() - begun)
        sheet.note(f"pass: {what}, statements", len(statements))

    make("nothing changed", 1)
    fleet.push_new()
    make("a new image", 2)
    fleet.learn(1, 0)
    make("a new database that says the same", 3)
    fleet.learn(2, 1)
    make("a new database, 1 % of matches otherwise", 4)


def _new_images(sheet: Sheet, engine: Engine, fleet: ScaleFleet) -> None:
    """Images one by one: what a digest stands for is recorded, and what it consists of."""
    for _ in range(NEW_IMAGES):
        fleet.push_new()
    begun = time.perf_counter()
    fleet.sync(engine, 5, ["inventory"])
    listing = time.perf_counter() - begun
    store, this = SqlCatalogues(engine), _begin(engine, 6)
    origin = CatalogueOrigin(fleet.scanner.version, fleet.artifacts.offered or "", None)
    taken, statements_of = [], []
    for one in store.uncatalogued():
        found = fleet.catalogue(one.digest)
        begun = time.perf_counter()
        with counted(engine) as statements:
            store.add(this, one.image, origin, found)
        taken.append(time.perf_counter() - begun)
        statements_of.append(len(statements))
    sheet.note(f"new: inventory of {NEW_IMAGES} new images, s", listing)
    sheet.note("new: the catalogue of one, ms", median(taken) * 1000)
    sheet.note("new: the catalogue of one, statements", median(statements_of))
    SqlPasses(engine).finish(this, "complete", {})
    begun = time.perf_counter()
    fleet.sync(engine, 7, ["match", "exposure"])
    sheet.note(f"new: match and fold of {NEW_IMAGES}, s", time.perf_counter() - begun)


def _delta(sheet: Sheet, engine: Engine, fleet: ScaleFleet) -> None:
    """A hundredth of the matches changes: recorded by the match, then folded into the ledger."""
    fleet.learn(3, 2)
    report = fleet.sync(engine, 8, ["knowledge", "match"])
    changed = report.counts["matches_added"] + report.counts["matches_removed"]
    sheet.note("delta: matches changed", changed)
    sheet.note("delta: match and record, s", report.seconds["match"])
    this = _begin(engine, 9)
    with counted(engine) as statements:
        begun = time.perf_counter()
        counts = ExposureStage(SqlLedger(engine)).take(this).counts
        sheet.note("delta: fold, s", time.perf_counter() - begun)
    sheet.note("delta: fold, statements", len(statements))
    sheet.note("delta: episodes changed", counts["episodes_opened"] + counts["episodes_closed"])
    SqlPasses(engine).finish(this, "complete", {})


def _begin(engine: Engine, at: float) -> PassRecord:
    return SqlPasses(engine).begin(day(at), day(at), ["catalog"], Snapshot("0" * 64, "{}"))


def _last(engine: Engine) -> PassRecord:
    last = SqlPasses(engine).last()
    if last is None:
        raise RuntimeError("the record is empty")
    return last
