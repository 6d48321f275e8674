"""Feeds: recording what changed, and reading what was known when."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from watcher.adapters.store.feeds.flaws import SqlFlaws, read_flaws
from watcher.adapters.store.feeds.recording import latest, record
from watcher.adapters.store.writing import writing
from watcher.ports.feeds import Content, FeedName
from watcher.ports.store.feeds import FeedVersion
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlFeeds:
    """Signs the port `FeedRecords`."""

    engine: Engine

    def latest(self, name: FeedName) -> FeedVersion | None:
        """The version recorded last; None where there is none."""
        with self.engine.connect() as connection:
            return latest(connection, name)

    def record(self, this: PassRecord, name: FeedName, sha256: str, content: Content) -> None:
        """Record a new version and what it changes, in one transaction."""
        with writing(self.engine, this) as connection:
            record(connection, this, (name, sha256), content)

    def flaws(self, upto: int) -> SqlFlaws:
        """What feeds had said by pass `upto`."""
        return read_flaws(self.engine, upto)
