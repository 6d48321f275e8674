"""The ledger as rows: facts to fold, read in batches; episodes, revised without rewriting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Engine, func, select, update

from watcher.adapters.store.facts import Grounds, read_facts
from watcher.adapters.store.ledger.pending import in_batches, pending_tracks
from watcher.adapters.store.ledger.renamed import Renamed
from watcher.adapters.store.ledger.revising import revise
from watcher.adapters.store.statistics import count_grown
from watcher.adapters.store.tables.passes import passes
from watcher.adapters.store.writing import writing
from watcher.domain.exposure import Episode
from watcher.ports.store.ledger import LedgerCounts, TrackFacts
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlLedger:
    """Signs the port `Ledger`."""

    engine: Engine

    def pending(self, this: PassRecord) -> Iterator[list[TrackFacts]]:
        """Tracks on which facts changed since the last fold, in bounded batches."""
        count_grown(self.engine)
        with self.engine.connect() as connection:
            since = connection.scalar(select(func.max(passes.c.id)).where(passes.c.folded)) or 0
            grounds = Grounds.read(connection, this.number)
            renamed = Renamed.since(grounds, Grounds.read(connection, since))
            changed = pending_tracks(connection, since, renamed)
        for asked in in_batches(changed):
            with self.engine.connect() as connection:
                facts = read_facts(connection, this.number, asked, grounds)
            told = (facts.of(track, numbers) for track, numbers in asked.items())
            yield [replace(one, before=renamed.before) for one in told]

    def revise(
        self, this: PassRecord, folded: Sequence[tuple[TrackFacts, Mapping[int, list[Episode]]]]
    ) -> LedgerCounts:
        """Make the recorded episodes of the folded vulnerabilities the given ones."""
        with writing(self.engine, this) as connection:
            return revise(connection, this, folded)

    def folded(self, this: PassRecord) -> None:
        """Record that every fact up to this pass was folded."""
        with writing(self.engine, this) as connection:
            connection.execute(update(passes).where(passes.c.id == this.number).values(folded=True))
