"""The port `VexRecord` over one database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from watcher.adapters.store.statements.reading import read_statements
from watcher.adapters.store.statements.recording import record
from watcher.adapters.store.statements.unused import read_unused
from watcher.adapters.store.writing import writing
from watcher.ports.store.passes import PassRecord
from watcher.ports.store.vex import FeedRead, RecordedStatement, UnusedStatement


@dataclass(frozen=True, slots=True)
class SqlVex:
    """Signs the port `VexRecord`."""

    engine: Engine

    def record(self, this: PassRecord, feeds: Mapping[str, FeedRead]) -> frozenset[int]:
        """Make the statements in force those of the feeds; returns the numbers of those read."""
        with writing(self.engine, this) as connection:
            return record(connection, this, feeds)

    def in_force(self, upto: int) -> list[RecordedStatement]:
        """The statements that were in force after a pass, by feed and location."""
        with self.engine.connect() as connection:
            found = [one for one in read_statements(connection, upto) if one.end is None]
        return sorted(found, key=lambda one: (one.feed, one.location, one.number))

    def unused(self, upto: int) -> list[UnusedStatement]:
        """Those of them that are about nothing that was ever watched."""
        with self.engine.connect() as connection:
            return read_unused(connection, upto)
