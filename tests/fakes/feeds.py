"""Feeds that never said anything, and streams that were never renamed."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.ports.feeds import Content, FeedName
from watcher.ports.store.feeds import NO_FLAWS, FeedVersion, Flaws
from watcher.ports.store.passes import PassRecord
from watcher.ports.store.successions import Renames, Succession


@dataclass(frozen=True, slots=True)
class FakeFeeds:
    """Signs the port `FeedRecords`."""

    def latest(self, name: FeedName) -> FeedVersion | None:
        """Nothing was recorded."""
        del name
        return None

    def record(self, this: PassRecord, name: FeedName, sha256: str, content: Content) -> None:
        """Nobody does."""
        raise AssertionError((this, name, sha256, content))

    def flaws(self, upto: int) -> Flaws:
        """Nothing is known."""
        del upto
        return NO_FLAWS


@dataclass(frozen=True, slots=True)
class FakeSuccessions:
    """Signs the port `Successions`."""

    def succeeded(self, upto: int, renames: Renames) -> list[Succession]:
        """None."""
        del upto, renames
        return []
