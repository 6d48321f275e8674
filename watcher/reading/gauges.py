"""What metrics tell of the record: counted when first asked for after a pass, and then kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from watcher.ports.store.browsing import KnownVersion
from watcher.ports.store.condition import Condition
from watcher.ports.store.exposures import ReadWindow
from watcher.reading import many
from watcher.reading.reading import Reading
from watcher.report.figures.coverage import watched_streams
from watcher.report.figures.many.names import Owned
from watcher.report.figures.many.standing import Standing
from watcher.report.figures.stretch import Stretch, stretches_of

_KEPT: Final = timedelta(minutes=5)  # what falls due, or becomes stale, is noticed after so long

Exposed = Mapping[tuple[str | None, str], Standing]
Covered = Mapping[tuple[str | None, bool], int]


@dataclass(frozen=True, slots=True)
class Gauges:
    """The figures of one moment; `covered` counts streams by team and whether they are covered."""

    condition: Condition
    in_force: KnownVersion | None
    exposed: Exposed
    covered: Covered


@dataclass(frozen=True, slots=True)
class _Counted:
    upto: int
    at: datetime
    exposed: Exposed
    covered: Covered


@dataclass(slots=True)
class Gauging:
    """Counts the fleet once a pass, and every few minutes; used from several threads at once."""

    _held: _Counted | None = None
    _lock: Lock = field(default_factory=Lock)

    def gauges(self, record: Reading) -> Gauges:
        """The figures of a reading of now."""
        with self._lock:
            held = self._held
            if held is None or held.upto != record.upto or record.as_of - held.at >= _KEPT:
                held = self._held = _counted(record)
        versions = record.app.browsing.versions(record.upto)
        return Gauges(
            record.app.conditions.now(record.upto),
            versions[-1] if versions else None,
            held.exposed,
            held.covered,
        )


def _counted(record: Reading) -> _Counted:
    views, config, judge = record.app.views, record.config, record.judge()
    heads = views.published(record.upto, record.as_of, config.stale_after)
    streams = watched_streams(heads, views.unlisted(record.upto), config.owner_of)

    def stretches(windows: Iterable[ReadWindow]) -> Iterator[Stretch]:
        return stretches_of(windows, config.owner_of, judge=judge)

    return _Counted(
        upto=record.upto,
        at=record.as_of,
        exposed=many.standing(record, judge, Owned(config.owner_of, {}), stretches),
        covered=Counter((one.team, one.reason is None) for one in streams),
    )
