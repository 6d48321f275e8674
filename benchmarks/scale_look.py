"""A record looked at without changing it: its size, what stages load of it, what pages read."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import islice

from sqlalchemy import Engine, func, select

from benchmarks.scale_sheet import Sheet, last_pass, size_on_disk
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.tables.knowledge import matches
from watcher.adapters.store.tables.ledger import episodes
from watcher.adapters.store.tables.packages import catalogues, package_set_members, packages
from watcher.adapters.store.views import SqlViews
from watcher.ports.store.exposures import WindowFilter
from watcher.services.match import REMEMBERED

READ_WINDOWS = 5_000


def look(sheet: Sheet, engine: Engine) -> None:
    """Measure what a record takes on disk, and what it takes to read of it what is asked most."""
    _sizes(sheet, engine)
    _loads(sheet, engine)
    _matched(sheet, engine)
    _reads(sheet, engine)


def look_at_all_windows(sheet: Sheet, engine: Engine) -> None:
    """Measure the beginning of what a report reads: every window, by name."""
    told = SqlExposures(engine).windows(WindowFilter(), last_pass(engine).number)
    begun = time.perf_counter()
    next(told)
    sheet.note("read: first of all windows, s", time.perf_counter() - begun)
    begun = time.perf_counter()
    read = sum(1 for _ in islice(told, READ_WINDOWS))
    sheet.note("read: 1,000 windows more, s", (time.perf_counter() - begun) * 1000 / read)


def _sizes(sheet: Sheet, engine: Engine) -> None:
    counts = {
        "images": select(func.count()).select_from(catalogues),
        "distinct packages": select(func.count()).select_from(packages),
        "(image, package) pairs": select(func.sum(catalogues.c.package_count)),
        "rows for those pairs": select(func.count()).select_from(package_set_members),
        "matches": select(func.count()).select_from(matches),
        "episodes": select(func.count()).select_from(episodes),
    }
    with engine.connect() as connection:
        for what, statement in counts.items():
            sheet.note(what, connection.scalar(statement) or 0)
    sheet.note("size on disk, MiB", size_on_disk(engine))


def _loads(sheet: Sheet, engine: Engine) -> None:
    """What every pass reads, whatever happened."""
    inventory, catalogued, ledger = SqlInventory(engine), SqlCatalogues(engine), SqlLedger(engine)
    last = last_pass(engine)
    since = last.at - REMEMBERED
    sheet.best("load: repositories and tags known", lambda: inventory.known("local"))
    sheet.best("load: histories of 200 repositories", lambda: inventory.histories(range(1, 201)))
    sheet.best("load: images uncatalogued", catalogued.uncatalogued)
    sheet.best("load: contexts", lambda: SqlMatches(engine).contexts(since))
    sheet.best("load: pending folds, nothing changed", lambda: list(ledger.pending(last)))


def _matched(sheet: Sheet, engine: Engine) -> None:
    """What is read of all contexts when everything is to be matched, and when little is."""
    store, since = SqlMatches(engine), last_pass(engine).at - REMEMBERED
    numbers = [one.number for one in store.contexts(since)]

    def in_scope(*, only_new: bool) -> None:
        for one in numbers:
            store.in_scope(one, since, only_new=only_new)

    sheet.best("load: packages in scope", lambda: in_scope(only_new=False))
    sheet.best("load: packages in scope that are new", lambda: in_scope(only_new=True))
    sheet.best("load: packages taking part", lambda: [store.taking_part(one) for one in numbers])
    sheet.best("load: matches held", lambda: [store.held(one) for one in numbers])


def _reads(sheet: Sheet, engine: Engine) -> None:
    """What commands and pages read."""
    views, ledger, last = SqlViews(engine), SqlExposures(engine), last_pass(engine)
    stream = WindowFilter(stream="local/team1/service1:latest")
    flaw = WindowFilter(vulnerability="CVE-2026-lib10")
    fresh = timedelta(days=1)
    sheet.best("read: streams", lambda: views.streams(last.number), times=1)
    sheet.best("read: images", lambda: views.images(last.number), times=1)
    sheet.best("read: coverage", lambda: views.coverage(last.number, last.at, fresh), times=1)
    sheet.best("read: windows of a stream", lambda: list(ledger.windows(stream, last.number)))
    sheet.best("read: windows of a vulnerability", lambda: list(ledger.windows(flaw, last.number)))
