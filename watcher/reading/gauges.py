"""What metrics tell of the record: counted when first asked for after a pass, and then kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from watcher.ports.store.browsing import KnownVersion
from watcher.ports.store.condition import Condition
from watcher.reading import many
from watcher.reading.reading import Reading
from watcher.report.figures.coverage import watched_streams
from watcher.report.figures.many.standing import Standing

Exposed = Mapping[tuple[str | None, str], Standing]
Covered = Mapping[tuple[str | None, bool], int]


@dataclass(frozen=True, slots=True)
class Gauges:
    """The figures of one moment; `covered` counts streams by team and whether they are covered."""

    condition: Condition
    in_force: KnownVersion | None
    exposed: Exposed
    covered: Covered


def gauges(record: Reading) -> Gauges:
    """The figures of a reading of now."""
    versions = record.app.browsing.versions(record.upto)
    return Gauges(
        record.app.conditions.now(record.upto),
        versions[-1] if versions else None,
        *fleet(record),
    )


def fleet(record: Reading) -> tuple[Exposed, Covered]:
    """What is counted over the fleet; kept for some minutes."""
    return record.kept("fleet", lambda: _counted(record))


def _counted(record: Reading) -> tuple[Exposed, Covered]:
    views, config = record.app.views, record.config
    heads = views.published(record.upto, record.as_of, config.stale_after)
    streams = watched_streams(heads, views.unlisted(record.upto), config.owner_of)
    exposed = many.standing(record)
    return exposed, Counter((one.team, one.reason is None) for one in streams)
