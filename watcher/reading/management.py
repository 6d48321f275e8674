"""The management report's document, from one reading of the record."""

from __future__ import annotations

from datetime import datetime

from watcher.ports.store.bumps import recorded
from watcher.ports.store.exposures import WindowFilter
from watcher.reading.reading import Reading
from watcher.report.figures import coverage, management, period, stretch
from watcher.report.figures.coverage import WatchedStream
from watcher.report.figures.estimates import Document

_SCOPE = "What is published: the newest image of every stream in the registries configured."


def report(record: Reading, since: datetime | None = None) -> Document:
    """The figures over [since, as_of); raises UsageError where the period is empty."""
    owner_of = record.app.config.owner_of
    covered = period.Period.ending(record.as_of, since)
    windows = record.app.exposures.windows(WindowFilter(), record.upto)
    watched = coverage.Watched(
        _streams(record, record.as_of),
        [coverage.sample(at, _streams(record, at)) for at in covered.days()],
    )
    stretches = stretch.stretches_of(windows, owner_of)
    bumps = recorded(record.app.bumps, record.upto, covered.since)
    return management.document(covered, _SCOPE, stretches, watched, recorded=bumps)


def _streams(record: Reading, at: datetime) -> list[WatchedStream]:
    """The streams that were watched at a time, and how well; none where no pass had ended."""
    views, config = record.app.views, record.app.config
    done = views.finished(at)
    if done is None:
        return []
    judged = views.coverage(done.number, at, config.stale_after)
    heads, unlisted = views.streams(done.number), views.unlisted(done.number)
    return coverage.watched_streams(heads, judged, unlisted, config.owner_of)
