"""Which pass recorded what, and which knowledge a match speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from watcher.adapters.store.tables.knowledge import knowledge
from watcher.adapters.store.tables.passes import passes
from watcher.ports.store.grounds import KnowledgeGround, Recorded


@dataclass(frozen=True, slots=True)
class Marks:
    """Passes and versions of knowledge by their numbers."""

    passes: Mapping[int, Recorded]
    versions: Mapping[int, KnowledgeGround]

    @classmethod
    def read(cls, connection: Connection) -> Marks:
        """Read them all: there are some for each day, however large the fleet is."""
        made = connection.execute(select(passes.c.id, passes.c.at))
        adopted = connection.execute(select(knowledge))
        return cls(
            {row.id: Recorded(row.id, row.at) for row in made},
            {
                row.id: KnowledgeGround(
                    row.scanner, row.db_digest, row.effective_at, row.applied_at
                )
                for row in adopted
            },
        )

    def ended(self, number: int | None, upto: int) -> Recorded | None:
        """The pass that recorded an end, None where none did by pass `upto`."""
        return self.passes[number] if number is not None and number <= upto else None

    def version(self, number: int | None) -> KnowledgeGround | None:
        """A version of knowledge, None where there is none."""
        return None if number is None else self.versions[number]
