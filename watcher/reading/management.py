"""The management report's document, from one reading of the record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from watcher import __version__
from watcher.config import fingerprint
from watcher.domain.policy import Policy
from watcher.ports.store.archive import About
from watcher.ports.store.bumps import RecordedBump, recorded
from watcher.ports.store.drawn import Drawing
from watcher.ports.store.exposures import ReadWindow, WindowFilter
from watcher.ports.store.views import Sampling, WatchedHead
from watcher.reading import many
from watcher.reading.reading import Reading
from watcher.report.dues import DEFAULT_JUDGE, Judge
from watcher.report.exposures import acceptance_of
from watcher.report.figures import coverage, management, stretch
from watcher.report.figures.estimates import Document
from watcher.report.figures.many.names import Owned
from watcher.report.figures.period import Period
from watcher.report.streams import idle_tracks
from watcher.report.written import written

LASTING: Final = timedelta(minutes=30)  # a report says as of when it is
_SCOPE = "What is published: the newest image of every stream in the registries configured."


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a report is drawn from; stretches are read anew each time, one stream in memory."""

    record: Reading
    period: Period
    watched: coverage.Watched
    beside: management.Beside
    owned: Owned
    judge: Judge = DEFAULT_JUDGE

    @property
    def policy(self) -> Policy:
        """By which what is open is judged."""
        return self.judge.policy

    @property
    def scope(self) -> str:
        """What the report is about, in a sentence."""
        sight = self.record.sight
        if sight is None:
            return _SCOPE
        return f"{_SCOPE[:-1]}, of these teams alone: {', '.join(sorted(sight.teams)) or 'none'}."

    @classmethod
    def of(cls, record: Reading, since: datetime | None = None) -> Draft:
        """Gather it over [since, as_of); raises UsageError where the period is empty."""
        covered = Period.ending(record.as_of, since)
        views, config = record.app.views, record.config
        seen = record.seen
        heads = views.published(record.then, record.as_of, config.stale_after)
        heads = [one for one in heads if seen is None or one.track.stream in seen]
        unlisted = [one for one in views.unlisted(record.then) if record.owns(one.name)]
        only = None if record.sight is None else Sampling(seen or frozenset(), record.owns)
        watched = coverage.Watched(
            coverage.watched_streams(heads, unlisted, config.owner_of),
            views.sampled(covered.days(), config.stale_after, only),
        )
        versions = record.app.browsing.versions(record.then)
        beside = management.Beside(
            _seen(record, recorded(record.app.bumps, record.then, covered.since)),
            versions[-1] if versions else None,
            _idle(heads, record.as_of),
        )
        owned = Owned(config.owner_of, _bases(heads))
        return cls(record, covered, watched, beside, owned, record.judge())

    def stretches(self) -> Iterator[stretch.Stretch]:
        """The stretches of the ledger, those of a stream together."""
        record = self.record
        wanted = WindowFilter(until=record.until, streams=record.seen)
        windows = record.app.exposures.windows(wanted, record.upto)
        return self._stretches_of(windows)

    def _stretches_of(self, windows: Iterable[ReadWindow]) -> Iterator[stretch.Stretch]:
        record = self.record
        accepted = record.app.views.accepted(record.upto)
        return stretch.stretches_of(
            windows,
            self.owned.team_of,
            self.owned.base_of,
            self.judge,
            lambda one: acceptance_of(one, accepted),
            record.as_of,
        )

    def document(self) -> Document:
        """The report."""
        told = self.in_columns() if self.record.until is None else self.one_by_one()
        return told | {"known_now": self.record.until is not None}

    def in_columns(self) -> Document:
        """From the ledger's columns, which tell of what was known after a pass."""
        record = self.record
        summed = many.summed(
            record,
            self.period,
            self.judge,
            self.owned,
            self._stretches_of,
            self.beside.bumps,
        )
        return management.drawn(summed, self.scope, self.watched, self.beside)

    def one_by_one(self) -> Document:
        """From stretches, which can be cut at a time."""
        return management.document(
            self.period, self.scope, self.stretches(), self.watched, self.policy, self.beside
        )


def report(
    record: Reading, since: datetime | None = None, lasting: timedelta = LASTING
) -> Document:
    """The figures over [since, as_of); raises UsageError where the period is empty.

    The usual report of now is drawn once: one that is no older than `lasting`, and of the same pass
    and configuration, is told again. Of a past time it is always drawn, so that it shows what the
    record says.
    """
    if since is not None or record.sight is not None or not (record.of_now and record.last):
        return Draft.of(record, since).document()
    kept, wanted = record.app.drawn, _drawing(record)
    found = kept.found(wanted, record.as_of - lasting)
    if found is not None:
        told: Document = json.loads(found)
        return told
    drawn = Draft.of(record).document()
    kept.keep(wanted, written(drawn).encode("ascii"))
    return drawn


def _drawing(record: Reading) -> Drawing:
    """All that the usual report depends on."""
    by = f"{fingerprint(record.config)} {management.FIGURES_VERSION} {__version__}"
    return Drawing(sha256(by.encode()).hexdigest(), record.upto, record.as_of)


def about(record: Reading, told: Document, now: datetime) -> About:
    """What a report is about that is published now."""
    return About(
        published_at=now,
        as_of=datetime.fromisoformat(str(told["as_of"])),
        since=datetime.fromisoformat(str(told["since"])),
        known_now=record.until is not None,
        figures_version=management.FIGURES_VERSION,
        read_upto=record.upto or None,
    )


def _seen(record: Reading, bumps: list[RecordedBump]) -> list[RecordedBump]:
    sight = record.sight
    return [one for one in bumps if sight is None or one.plan.cause.team in sight.teams]


def _bases(heads: Iterable[WatchedHead]) -> dict[str, str]:
    """The base that each stream is built on now, as its lineage is called."""
    found: dict[str, str] = {}
    for head in sorted(heads, key=lambda one: (one.repository, one.digest, one.track.platform)):
        if head.base is not None:
            found[head.stream] = head.base
    return found


def _idle(heads: Sequence[WatchedHead], at: datetime) -> set[str]:
    """The streams that are idle lines on every platform at a time."""
    idle = idle_tracks(heads, at)
    names = {head.stream for head in heads if head.track in idle}
    return names - {head.stream for head in heads if head.track not in idle}
