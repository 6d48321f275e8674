"""What is written down of a measurement: figures by name, statements as they go to a database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, event, text

from watcher.adapters.store.passes import SqlPasses
from watcher.ports.store.passes import PassRecord

T = TypeVar("T")

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


def size_on_disk(engine: Engine) -> float:
    """MiB that a database takes; what is not written back yet is written first."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            size = connection.scalar(text("SELECT pg_database_size(current_database())"))
            return float(size or 0) / MEBIBYTE
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return Path(engine.url.database or "").stat().st_size / MEBIBYTE


def last_pass(engine: Engine) -> PassRecord:
    """The last pass of a record that has one."""
    last = SqlPasses(engine).last()
    if last is None:
        raise RuntimeError("the record is empty")
    return last
