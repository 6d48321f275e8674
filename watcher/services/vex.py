"""VEX: read every feed, and record what is stated now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from watcher.domain.errors import AttemptError, PermanentError, TransientError
from watcher.ports.store.passes import PassRecord
from watcher.ports.store.vex import FeedRead, VexRecord
from watcher.ports.vex import Unread, VexFeed
from watcher.services.outcome import Outcome


@dataclass(slots=True)
class VexOutcome(Outcome):
    """What the stage did; `covered` are the feeds that were read whole."""

    covered: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class VexStage:
    """The stage with what it needs."""

    feeds: Sequence[VexFeed]
    store: VexRecord

    def take(self, this: PassRecord) -> VexOutcome:
        """Read all feeds; one that fails, or a document of it, ends and reopens nothing."""
        outcome = VexOutcome("vex")
        read = {feed.source: _read(feed, outcome) for feed in self.feeds}
        outcome.covered = self.store.record(this, read)
        return outcome


def _read(feed: VexFeed, outcome: Outcome) -> FeedRead:
    try:
        found = feed.read()
    except AttemptError as error:
        outcome.failed(feed.source, error)
        return None
    for one in found:
        if isinstance(one, Unread):
            kind = TransientError if one.retry else PermanentError
            outcome.failed(one.location, kind(one.error))
    return found
