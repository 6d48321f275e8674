"""The record of what images consist of: packages, shared sets of them by layer, catalogues."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from watcher.adapters.store.catalogues import audit, recording, waiting
from watcher.adapters.store.statistics import count_grown
from watcher.adapters.store.tables.packages import packages
from watcher.adapters.store.writing import writing
from watcher.domain.package import Catalogue, Finding
from watcher.ports.store.catalogues import CatalogueOrigin, Newborn, Outdated, Uncatalogued
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlCatalogues:
    """Signs the port `Catalogues`."""

    engine: Engine

    def uncatalogued(self) -> list[Uncatalogued]:
        """Images that some stream points to now and that no scanner version has catalogued."""
        with self.engine.connect() as connection:
            return waiting.uncatalogued(connection)

    def outdated(self, since: Outdated) -> list[Uncatalogued]:
        """Images that some stream points to now and whose newest catalogue is to be made again."""
        with self.engine.connect() as connection:
            return waiting.outdated(connection, since)

    def add(
        self, this: PassRecord, image: int, origin: CatalogueOrigin, catalogue: Catalogue
    ) -> None:
        """Record a catalogue; packages and sets already there are shared, a catalogue stays."""
        with writing(self.engine, this) as connection:
            recording.record(connection, this, image, origin, catalogue)

    def newborn(self, covered: Collection[int]) -> Iterator[Newborn]:
        """Catalogues that wait for the comparison and whose contexts are all among the covered."""
        with self.engine.connect() as connection:
            ready = waiting.ready(connection, frozenset(covered))
        if ready:
            count_grown(self.engine)  # matches that were recorded just now
        for batch in waiting.in_batches(ready):
            with self.engine.connect() as connection:
                read = waiting.newborn(connection, batch)
            yield from read

    def derived(self, catalogue: int) -> list[Finding]:
        """The open matches of a catalogue's packages, as findings; empty where none is matched."""
        with self.engine.connect() as connection:
            return audit.derived(connection, catalogue)

    def audited(self, this: PassRecord, catalogue: int, differences: Sequence[str] | None) -> None:
        """Record what the comparison found (None: too late for one) and drop the own findings."""
        with writing(self.engine, this) as connection:
            audit.record(connection, this, catalogue, differences)

    def expire(self, this: PassRecord, before: datetime) -> None:
        """Drop the own findings of catalogues made before a time that were never compared."""
        with self.engine.connect() as connection:
            if not audit.any_expired(connection, before):
                return
        with writing(self.engine, this) as connection:
            audit.expire(connection, this, before)

    def distinct_packages(self) -> int:
        """How many distinct packages are recorded."""
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(packages)) or 0
