"""Passes of a fleet over a record that one of them filled: by what had happened before each."""

from __future__ import annotations

import time
from statistics import median

from sqlalchemy import Engine

from benchmarks.scale_fleet import ScaleFleet, day
from benchmarks.scale_sheet import Sheet, counted
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.passes import SqlPasses
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.passes import Snapshot

NEW_IMAGES = 30


def measure_passes(sheet: Sheet, engine: Engine, fleet: ScaleFleet) -> None:
    """Measure whole passes: seconds, and statements that went to the database."""

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


def measure_new_images(sheet: Sheet, engine: Engine, fleet: ScaleFleet) -> None:
    """Measure images one by one: seen and resolved, their catalogues, their match and fold."""
    for _ in range(NEW_IMAGES):
        fleet.push_new()
    listed = fleet.sync(engine, 5, ["inventory"])
    sheet.note(f"new: inventory with {NEW_IMAGES} new images, s", listed.seconds["inventory"])
    passes, store = SqlPasses(engine), SqlCatalogues(engine)
    this = passes.begin(day(6), day(6), ["catalog"], Snapshot("0" * 64, "{}"))
    origin = CatalogueOrigin(fleet.scanner.version, fleet.artifacts.offered or "", None)
    taken: list[float] = []
    statements_of: list[int] = []
    for one in store.uncatalogued():
        found = fleet.catalogue(one.digest)
        with counted(engine) as statements:
            begun = time.perf_counter()
            store.add(this, one.image, origin, found)
            taken.append(time.perf_counter() - begun)
        statements_of.append(len(statements))
    passes.finish(this, "complete", {})
    sheet.note("new: to store the catalogue of one, ms", median(taken) * 1000)
    sheet.note("new: to store the catalogue of one, statements", median(statements_of))
    matched = fleet.sync(engine, 7, ["match", "exposure"])
    seconds = matched.seconds["match"] + matched.seconds["exposure"]
    sheet.note(f"new: match and fold of {NEW_IMAGES}, s", seconds)
