"""The record of digests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select, update

from watcher.adapters.store.rows import insert_unless_there
from watcher.adapters.store.tables.digests import digests


@dataclass(frozen=True, slots=True)
class SqlDigests:
    """Signs the port `Digests`."""

    engine: Engine

    def noted(self, week: str) -> set[str]:
        """The keys noted that begin so."""
        statement = select(digests.c.key).where(digests.c.key.startswith(week, autoescape=True))
        with self.engine.connect() as connection:
            return set(connection.scalars(statement))

    def begun(self, key: str, at: datetime) -> bool:
        """Note that one is about to be sent; False where that was noted before."""
        with self.engine.begin() as connection:
            return insert_unless_there(connection, digests, {"key": key, "begun_at": at})

    def not_sent(self, key: str) -> None:
        """Take the note back: it surely was not taken, and may be tried again."""
        with self.engine.begin() as connection:
            mine = digests.c.key == key
            connection.execute(delete(digests).where(mine, digests.c.sent_at.is_(None)))

    def sent(self, key: str, at: datetime) -> None:
        """Note that it was taken."""
        with self.engine.begin() as connection:
            connection.execute(update(digests).where(digests.c.key == key).values(sent_at=at))
