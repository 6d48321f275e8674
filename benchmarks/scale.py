"""The record at scale: sizes, loads, deltas and statements, on SQLite and on PostgreSQL."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.scale_copy import copy_record
from benchmarks.scale_delta import measure_delta
from benchmarks.scale_fleet import ScaleFleet
from benchmarks.scale_look import look, look_at_all_windows
from benchmarks.scale_passes import measure_new_images, measure_passes
from benchmarks.scale_sheet import Sheet, size_on_disk
from benchmarks.scale_times import multiply
from tests.servers.postgres import Postgres, postgres
from tests.servers.sqlite import copy_database
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.migrate import upgrade
from watcher.services.pass_ import STAGES

LEAST = 100  # images of the smaller fleet


@dataclass(frozen=True, slots=True)
class Databases:
    """Makes fresh databases with our schema."""

    folder: Path
    server: Postgres
    numbers: Iterator[int] = field(default_factory=count)

    def sqlite(self) -> Engine:
        """A file."""
        return _ready(f"sqlite:///{self.folder / f'{next(self.numbers)}.db'}")

    def sqlite_like(self, other: Engine) -> Engine:
        """A file that holds what another one holds."""
        path = self.folder / f"{next(self.numbers)}.db"
        copy_database(Path(other.url.database or ""), path)
        return _ready(f"sqlite:///{path}")

    def postgresql(self) -> Engine:
        """A database on the server."""
        return _ready(self.server.url(self.server.create()))


def run(images: int, times: int = 1) -> int:
    """Measure fleets of a tenth of the images and of all, on both databases, and print.

    With `times` the larger record is measured once more, made so many times as large.
    """
    small = max(LEAST, images // 10)
    with databases_of("watcher-scale-") as databases:
        print_sheets(
            _measured(small, databases, both=True) | _measured(images, databases, times=times)
        )
        _print_unshared(small, databases)
    return 0


@contextmanager
def databases_of(prefix: str) -> Iterator[Databases]:
    """Both databases in a temporary folder, whose name begins so."""
    with tempfile.TemporaryDirectory(prefix=prefix) as name, postgres() as server:
        yield Databases(Path(name), server)


def _measured(
    images: int, databases: Databases, *, both: bool = False, times: int = 1
) -> dict[str, Sheet]:
    """The figures of a fleet; its first pass is made on SQLite, and on PostgreSQL if `both`."""
    file, server = databases.sqlite(), databases.postgresql()
    first = {"sqlite": _filled(file, ScaleFleet(images))}
    if both:
        first["postgresql"] = _filled(server, ScaleFleet(images))
    else:
        copy_record(file, server)
    larger = databases.sqlite_like(file) if times > 1 else None
    sheets: dict[str, Sheet] = {}
    for engine in (file, server):
        name = engine.dialect.name
        sheet = sheets[f"{images:,} {name}"] = Sheet(first.get(name, {}))
        _measure(sheet, engine, ScaleFleet(images))
        print_sheets({f"{images:,} {name}": sheet})  # what is measured is told, whatever comes
        engine.dispose()
    if larger is not None:
        sheets |= _measured_larger(larger, databases, images, times)
    return sheets


def _measured_larger(
    file: Engine, databases: Databases, images: int, times: int
) -> dict[str, Sheet]:
    say(f"{images:,} images, {times} times …")
    multiply(file, times)
    server = databases.postgresql()
    copy_record(file, server)
    sheets: dict[str, Sheet] = {}
    for engine in (file, server):
        sheet = sheets[f"{images * times:,} {engine.dialect.name}"] = Sheet()
        look(sheet, engine)
        measure_delta(sheet, engine)
        engine.dispose()
    return sheets


def _measure(sheet: Sheet, engine: Engine, fleet: ScaleFleet) -> None:
    say(f"{fleet.images:,} images: measuring {engine.dialect.name} …")
    look(sheet, engine)
    look_at_all_windows(sheet, engine)
    measure_passes(sheet, engine, fleet)
    measure_new_images(sheet, engine, fleet)
    measure_delta(sheet, engine)


def _filled(engine: Engine, fleet: ScaleFleet) -> dict[str, float]:
    """Make the first pass, in which everything is new; returns what each stage took."""
    say(f"{fleet.images:,} images: first pass on {engine.dialect.name} …")
    begun = time.perf_counter()
    report = fleet.sync(engine, 0)
    if report.failures:
        raise RuntimeError(f"the first pass failed: {report.failures[0]}")
    taken = {f"first pass: {stage}, s": report.seconds[stage] for stage in STAGES[1:5]}
    return {"first pass, s": time.perf_counter() - begun, **taken}


def _print_unshared(images: int, databases: Databases) -> None:
    """What the same images take where no two of them share a layer."""
    engine, fleet = databases.sqlite(), ScaleFleet(images, shared=False)
    fleet.sync(engine, 0, ["knowledge", "inventory", "catalog"])
    server = databases.postgresql()
    copy_record(engine, server)
    sizes = ", ".join(f"{one.dialect.name} {size_on_disk(one):,.0f}" for one in (engine, server))
    say(f"\nno two of {images:,} images share a layer, catalogues alone, MiB: {sizes}")
    for one in (engine, server):
        one.dispose()


def print_sheets(sheets: dict[str, Sheet]) -> None:
    """Print figures, a column for each sheet."""
    names = dict.fromkeys(name for sheet in sheets.values() for name in sheet.figures)
    say("\n" + _line("", [*sheets]))
    for name in names:
        say(_line(name, [_shown(sheet.figures.get(name)) for sheet in sheets.values()]))


def _line(name: str, columns: Sequence[str]) -> str:
    return f"{name:<56}" + "".join(f"{column:>20}" for column in columns)


def _shown(figure: float | None) -> str:
    if figure is None:
        return "-"
    if figure == int(figure):
        return f"{int(figure):,}"
    return f"{figure:,.3f}" if figure < 1 else f"{figure:,.1f}"


def _ready(url: str) -> Engine:
    engine = open_engine(url)
    upgrade(engine)
    return engine


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)
