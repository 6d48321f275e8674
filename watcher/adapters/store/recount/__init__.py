"""The ledger beside its facts: tracks, and what is recorded for each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from watcher.adapters.store.asof import folded_upto, last_ended
from watcher.adapters.store.facts import Grounds, read_facts
from watcher.adapters.store.recount.recorded import read_recorded
from watcher.adapters.store.recount.tracks import read_tracks
from watcher.adapters.store.rows import among, batches
from watcher.adapters.store.tables.knowledge import vulnerabilities
from watcher.ports.store.browsing import NamedTrack
from watcher.ports.store.ledger import Track
from watcher.ports.store.recount import Account

_TRACKS = 50  # whose every fact is in memory at once


@dataclass(frozen=True, slots=True)
class SqlRecount:
    """Signs the port `Recount`."""

    engine: Engine

    def folded(self, at: datetime | None) -> int:
        """The last pass up to a time behind which the ledger held all facts, else 0."""
        with self.engine.connect() as connection:
            return folded_upto(connection, last_ended(connection, at))

    def tracks(self, upto: int) -> list[NamedTrack]:
        """The tracks of published streams with bindings or windows, by name and platform."""
        with self.engine.connect() as connection:
            return read_tracks(connection, upto)

    def accounts(self, upto: int, tracks: Sequence[Track]) -> Iterator[Account]:
        """Facts and episodes as they stood recorded after pass `upto`, in bounded batches."""
        with self.engine.connect() as connection:
            grounds = Grounds.read(connection, upto)
        for batch in batches(tracks, _TRACKS):
            with self.engine.connect() as connection:
                facts = read_facts(connection, upto, dict.fromkeys(batch), grounds)
                recorded = read_recorded(connection, upto, batch)
            for track in batch:
                yield Account(track, facts.of(track, None), recorded.get(track, {}))

    def vulnerabilities(self, numbers: Collection[int]) -> dict[int, str]:
        """What vulnerabilities are called."""
        named = select(vulnerabilities.c.id, vulnerabilities.c.name)
        with self.engine.connect() as connection:
            rows = connection.execute(named.where(among(vulnerabilities.c.id, numbers)))
            return {row.id: row.name for row in rows}
