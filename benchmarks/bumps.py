"""Bumps: what finding bases and planning takes for a fleet on forty lineages, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter, process_time
from typing import Final

from sqlalchemy import Engine

from benchmarks.scale import Databases, databases_of, print_sheets, say
from benchmarks.scale_copy import copy_record
from benchmarks.scale_fleet import BASES, ScaleFleet, day, packages_of_base
from benchmarks.scale_sheet import Sheet, counted
from tests.fakes.tracker import FakeTracker
from watcher.bootstrap import Parts, pass_runner
from watcher.demo.workshop import Image, layer
from watcher.domain.ticket import Terms
from watcher.ports.store.passes import PassRecord
from watcher.report.dues import DEFAULT_JUDGE
from watcher.services.bump import BumpStage, Planning
from watcher.services.pass_ import PassRunner
from watcher.services.ticket import Filing

IMAGES: Final = 5_000
MOST_SECONDS, MOST_TICKETS = 3.0, 40  # what has to be reached
_FIXED: Final = 2  # one flawed package in so many is not in the new base any more
_TRACKER: Final = "tickets"
_BATCH: Final = 1_000


@dataclass(slots=True)
class BumpFleet(ScaleFleet):
    """A fleet with owners, a tracker in memory, and bases that can be rebuilt."""

    tracker: FakeTracker = field(default_factory=lambda: FakeTracker(_TRACKER))

    def rebuild_bases(self) -> None:
        """Push an image without some of the flawed packages for every base."""
        for number in range(BASES):
            image = Image([layer({"/base": f"new {number}"})], created=day(1))
            held = packages_of_base(number, image.layers[0].diff_id)
            left = [one for place, one in enumerate(held) if place % (5 * _FIXED)]
            self.scanner.put_image(image.digest, left)
            self.registry.push(f"base/system{number}", "stable", image)

    def parts(self, engine: Engine) -> Parts:
        """What a pass is made of."""
        return replace(
            ScaleFleet.parts(self, engine),
            planning=Planning(_team_of, str, "HIGH", lambda: DEFAULT_JUDGE),
            filing=Filing(lambda _: _TRACKER, 1_000, 1_000, Terms()),
            trackers={_TRACKER: self.tracker},
        )

    def runner(self, engine: Engine) -> PassRunner:
        """A pass, ready to run."""
        return pass_runner(self.parts(engine))


def run(images: int) -> int:
    """Measure and print; exits 1 where planning is too slow or files too much."""
    sheets: dict[str, Sheet] = {}
    with databases_of("watcher-bumps-") as databases:
        sheets |= _measured(images, databases)
    print_sheets(sheets)
    worst = max(sheet.figures["planning, s"] for sheet in sheets.values())
    filed = max(sheet.figures["tickets filed"] for sheet in sheets.values())
    reached = worst <= MOST_SECONDS and filed <= MOST_TICKETS
    say(f"planning at most {MOST_SECONDS:g} s, tickets at most {MOST_TICKETS}: {reached}")
    return 0 if reached else 1


def _measured(images: int, databases: Databases) -> dict[str, Sheet]:
    file, server = databases.sqlite(), databases.postgresql()
    say(f"{images:,} images on {BASES} lineages: first pass …")
    fleet = BumpFleet(images)
    _made(fleet, file, 0)
    fleet.rebuild_bases()
    say("the bases are rebuilt: a pass …")
    taken = _made(fleet, file, 2)
    copy_record(file, server)
    sheets: dict[str, Sheet] = {}
    for engine in (file, server):
        sheet = sheets[f"{images:,} {engine.dialect.name}"] = Sheet()
        if engine is file:
            sheet.note("the pass's own bump stage, s", taken)
        _measure(sheet, engine, fleet)
        engine.dispose()
    return sheets


def _made(fleet: BumpFleet, engine: Engine, at: float) -> float:
    report = fleet.sync(engine, at)
    if report.failures:
        raise RuntimeError(f"a pass failed: {report.failures[0]}")
    return report.seconds["bump"]


def _measure(sheet: Sheet, engine: Engine, fleet: BumpFleet) -> None:
    """Look for every base anew, plan anew, and count what that asks the database."""
    stage = fleet.runner(engine).stages.bump
    versions = fleet.runner(engine).records.matches.versions()
    this = PassRecord(2, day(2))
    with _timed(sheet, "finding all bases", engine):
        found = _identified(stage)
    sheet.note("… of images", len(found))
    with _timed(sheet, "planning", engine):
        plans = stage.planner.draw(this, versions[-1])
    sheet.note("plans", len(plans))
    sheet.note("… of lines", sum(len(one.lines) for one in plans))
    sheet.note("tickets filed", len(fleet.tracker.tickets().tickets))


def _identified(stage: BumpStage) -> list[object]:
    wanted = stage.lineages.unidentified(again=True)
    parts = (wanted[start : start + _BATCH] for start in range(0, len(wanted), _BATCH))
    return [one for part in parts for one in stage.identified(part).values()]


@contextmanager
def _timed(sheet: Sheet, name: str, engine: Engine) -> Iterator[None]:
    """Note how long something takes, and how many statements."""
    with counted(engine) as statements:
        begun, busy = perf_counter(), process_time()
        yield
        sheet.note(f"{name}, s", perf_counter() - begun)
        sheet.note(f"{name}, s of this process alone", process_time() - busy)
        sheet.note(f"{name}, statements", len(statements))


def _team_of(stream: str) -> str | None:
    return None if "/base/" in stream else stream.split("/")[1]
