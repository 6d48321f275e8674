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
from benchmarks.scale_fleet import ScaleFleet
from benchmarks.scale_measures import Sheet, measure, size_on_disk
from tests.servers.postgres import Postgres, postgres
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

    def postgresql(self) -> Engine:
        """A database on the server."""
        return _ready(self.server.url(self.server.create()))


def run(images: int) -> int:
    """Measure fleets of a tenth of the images and of all, on both databases, and print."""
    small = max(LEAST, images // 10)
    with _databases() as databases:
        sheets = {
            **_measured(small, databases, both=True),
            **_measured(images, databases, both=False),
        }
        _print(sheets)
        _print_unshared(small, databases)
    return 0


@contextmanager
def _databases() -> Iterator[Databases]:
    with tempfile.TemporaryDirectory(prefix="watcher-scale-") as name, postgres() as server:
        yield Databases(Path(name), server)


def _measured(images: int, databases: Databases, *, both: bool) -> dict[str, Sheet]:
    """The figures of a fleet; its first pass is made on SQLite, and on PostgreSQL if `both`."""
    engines = {"sqlite": databases.sqlite(), "postgresql": databases.postgresql()}
    first: dict[str, dict[str, float]] = {}
    for name, engine in engines.items():
        if name == "sqlite" or both:
            first[name] = _filled(engine, ScaleFleet(images), name)
        else:
            _say(f"{images:,} images: carried over to {name} …")
            copy_record(engines["sqlite"], engine)
    sheets: dict[str, Sheet] = {}
    for name, engine in engines.items():
        _say(f"{images:,} images: measuring {name} …")
        sheet = measure(engine, ScaleFleet(images))
        sheet.figures |= first.get(name, {})
        sheets[f"{images:,} {name}"] = sheet
        engine.dispose()
    return sheets


def _filled(engine: Engine, fleet: ScaleFleet, name: str) -> dict[str, float]:
    """Make the first pass, in which everything is new; returns what each stage took."""
    _say(f"{fleet.images:,} images: first pass on {name} …")
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
    _say(f"\nno two of {images:,} images share a layer, catalogues alone, MiB: {sizes}")
    for one in (engine, server):
        one.dispose()


def _print(sheets: dict[str, Sheet]) -> None:
    names = dict.fromkeys(name for sheet in sheets.values() for name in sheet.figures)
    _say("\n" + _line("", [*sheets]))
    for name in names:
        _say(_line(name, [_shown(sheet.figures.get(name)) for sheet in sheets.values()]))


def _line(name: str, columns: Sequence[str]) -> str:
    return f"{name:<50}" + "".join(f"{column:>20}" for column in columns)


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


def _say(line: str) -> None:
    print(line, flush=True)
