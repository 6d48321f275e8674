"""The management report's document, from one reading of the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from watcher.domain.policy import Policy
from watcher.ports.store.archive import About
from watcher.ports.store.bumps import recorded
from watcher.ports.store.exposures import WindowFilter
from watcher.ports.store.views import StreamHead, Unlisted
from watcher.reading.reading import Reading
from watcher.report.dues import DEFAULT_JUDGE, Judge
from watcher.report.exposures import acceptance_of
from watcher.report.figures import coverage, management, stretch
from watcher.report.figures.coverage import WatchedStream
from watcher.report.figures.estimates import Document
from watcher.report.figures.period import Period
from watcher.report.streams import idle_tracks

_SCOPE = "What is published: the newest image of every stream in the registries configured."


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a report is drawn from; stretches are read anew each time, one stream in memory."""

    record: Reading
    period: Period
    watched: coverage.Watched
    beside: management.Beside
    judge: Judge = DEFAULT_JUDGE

    @property
    def policy(self) -> Policy:
        """By which what is open is judged."""
        return self.judge.policy

    @classmethod
    def of(cls, record: Reading, since: datetime | None = None) -> Draft:
        """Gather it over [since, as_of); raises UsageError where the period is empty."""
        covered = Period.ending(record.as_of, since)
        past = _Past(record)
        watched = coverage.Watched(
            past.streams(record.as_of),
            [coverage.sample(at, past.streams(at)) for at in covered.days()],
        )
        versions = record.app.browsing.versions(record.then)
        beside = management.Beside(
            recorded(record.app.bumps, record.then, covered.since),
            versions[-1] if versions else None,
            past.idle(record.as_of),
        )
        return cls(record, covered, watched, beside, record.judge())

    def stretches(self) -> Iterator[stretch.Stretch]:
        """The stretches of the ledger, those of a stream together."""
        record = self.record
        windows = record.app.exposures.windows(WindowFilter(until=record.until), record.upto)
        accepted = record.app.views.accepted(record.upto)
        return stretch.stretches_of(
            windows,
            record.config.owner_of,
            _bases(record),
            self.judge,
            lambda one: acceptance_of(one, accepted),
            record.as_of,
        )

    def document(self) -> Document:
        """The report."""
        told = management.document(
            self.period, _SCOPE, self.stretches(), self.watched, self.policy, self.beside
        )
        return told | {"known_now": self.record.until is not None}


def report(record: Reading, since: datetime | None = None) -> Document:
    """The figures over [since, as_of); raises UsageError where the period is empty."""
    return Draft.of(record, since).document()


def about(record: Reading, told: Document, now: datetime) -> About:
    """What a report is about that is published now."""
    return About(
        published_at=now,
        as_of=record.as_of,
        since=datetime.fromisoformat(str(told["since"])),
        known_now=record.until is not None,
        figures_version=management.FIGURES_VERSION,
        read_upto=record.upto or None,
    )


def _bases(record: Reading) -> dict[str, str]:
    """The base that each stream is built on now, as its lineage is called."""
    found: dict[str, str] = {}
    for image in record.app.views.images(record.then):
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
        heads, _ = self._seen.get(self.record.then, ([], []))
        idle = idle_tracks(heads, at)
        names = {head.stream for head in heads if head.track in idle}
        return names - {head.stream for head in heads if head.track not in idle}

    def streams(self, at: datetime) -> list[WatchedStream]:
        """The streams that were watched at a time, and how well; none where no pass had ended."""
        views, config = self.record.app.views, self.record.config
        done = views.finished(at)
        if done is None:
            return []
        number = done.number
        if number not in self._seen:
            self._seen[number] = (views.streams(number), views.unlisted(number))
        heads, unlisted = self._seen[number]
        judged = views.coverage(number, at, config.stale_after)
        return coverage.watched_streams(heads, judged, unlisted, config.owner_of)
