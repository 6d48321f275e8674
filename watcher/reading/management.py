"""The management report's document, from one reading of the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from watcher.ports.store.bumps import recorded
from watcher.ports.store.exposures import WindowFilter
from watcher.ports.store.views import StreamHead, Unlisted
from watcher.reading.reading import Reading
from watcher.report.figures import coverage, management, period, stretch
from watcher.report.figures.coverage import WatchedStream
from watcher.report.figures.estimates import Document
from watcher.report.streams import idle_tracks

_SCOPE = "What is published: the newest image of every stream in the registries configured."


def report(record: Reading, since: datetime | None = None) -> Document:
    """The figures over [since, as_of); raises UsageError where the period is empty."""
    owner_of = record.app.config.owner_of
    covered = period.Period.ending(record.as_of, since)
    windows = record.app.exposures.windows(WindowFilter(), record.upto)
    past = _Past(record)
    watched = coverage.Watched(
        past.streams(record.as_of),
        [coverage.sample(at, past.streams(at)) for at in covered.days()],
    )
    versions = record.app.browsing.versions(record.upto)
    beside = management.Beside(
        recorded(record.app.bumps, record.upto, covered.since),
        versions[-1] if versions else None,
        past.idle(record.as_of),
    )
    judge = record.judge()
    stretches = stretch.stretches_of(windows, owner_of, _bases(record), judge)
    return management.document(covered, _SCOPE, stretches, watched, judge.policy, beside)


def _bases(record: Reading) -> dict[str, str]:
    """The base that each stream is built on now, as its lineage is called."""
    found: dict[str, str] = {}
    for image in record.app.views.images(record.upto):
        if image.base is not None and image.base.name is not None:
            found |= dict.fromkeys(image.streams, image.base.name)
    return found


@dataclass(slots=True)
class _Past:
    """The streams at some times; what a pass saw of them is read only once."""

    record: Reading
    _seen: dict[int, tuple[list[StreamHead], list[Unlisted]]] = field(default_factory=dict)

    def idle(self, at: datetime) -> set[str]:
        """The streams that are idle lines on every platform at a time."""
        heads, _ = self._seen.get(self.record.upto, ([], []))
        idle = idle_tracks(heads, at)
        names = {head.stream for head in heads if head.track in idle}
        return names - {head.stream for head in heads if head.track not in idle}

    def streams(self, at: datetime) -> list[WatchedStream]:
        """The streams that were watched at a time, and how well; none where no pass had ended."""
        views, config = self.record.app.views, self.record.app.config
        done = views.finished(at)
        if done is None:
            return []
        number = done.number
        if number not in self._seen:
            self._seen[number] = (views.streams(number), views.unlisted(number))
        heads, unlisted = self._seen[number]
        judged = views.coverage(number, at, config.stale_after)
        return coverage.watched_streams(heads, judged, unlisted, config.owner_of)
