"""Feeds: fetch each, and record it where it is new; one that fails changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from watcher.domain.errors import AttemptError, PermanentError
from watcher.ports.feeds import Content, FeedSource
from watcher.ports.store.feeds import FeedRecords, FeedVersion
from watcher.ports.store.passes import PassRecord
from watcher.services.outcome import Outcome


@dataclass(frozen=True, slots=True)
class FeedStage:
    """The stage with what it needs; without sources it does nothing."""

    sources: Sequence[FeedSource]
    store: FeedRecords

    def take(self, this: PassRecord) -> Outcome:
        """Record every feed whose bytes are others than those recorded last."""
        outcome = Outcome("knowledge")
        for source in self.sources:
            try:
                self._take(this, source)
            except AttemptError as error:
                outcome.failed(f"feeds.{source.name}", error)
        return outcome

    def _take(self, this: PassRecord, source: FeedSource) -> None:
        fetched = source.fetch()
        sha256, last = hashlib.sha256(fetched).hexdigest(), self.store.latest(source.name)
        if last is not None and last.sha256 == sha256:
            return
        content = source.parse(fetched)
        _must_not_be_older(source, content, last)
        self.store.record(this, source.name, sha256, content)


def _must_not_be_older(source: FeedSource, content: Content, last: FeedVersion | None) -> None:
    if last is None or last.dated is None or content.dated is None or content.dated >= last.dated:
        return
    raise PermanentError(
        f"feed {source.name} is of {content.dated:%Y-%m-%d}, older than what was recorded of "
        f"{last.dated:%Y-%m-%d}: skipped, nothing changes"
    )
