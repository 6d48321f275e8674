"""The rebuild document: what was compared, and each episode on which ledger and facts differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from watcher.ports.store.recount import Difference, EpisodeClocks, RecordedEpisode
from watcher.report.times import stamp

Document = dict[str, object]


def document(
    as_of: datetime, counts: Mapping[str, int], differing: int, named: Iterable[Difference]
) -> Document:
    """Write a comparison down; `differing` counts all differences, those not named included."""
    return {
        "schema": "watcher/rebuild/1",
        "as_of": stamp(as_of),
        **counts,
        "differing": differing,
        "differences": [_difference(one) for one in named],
    }


def _difference(one: Difference) -> Document:
    recorded, recomputed = _side(one.recorded), _side(one.recomputed)
    shown = recorded or recomputed or {}
    return {
        "stream": one.track.stream,
        "platform": one.track.track.platform,
        "vulnerability": one.vulnerability,
        "episode": shown["from"],
        "what": one.what,
        "differs": _differs(recorded, recomputed),
        "recorded": recorded,
        "recomputed": recomputed,
    }


def _side(one: RecordedEpisode | None) -> Document | None:
    if one is None:
        return None
    return {
        "from": stamp(one.start.at),
        "from_not_before": stamp(one.start.not_before),
        "backfilled": one.start.backfilled,
        "to": stamp(one.end.at) if one.end else None,
        "to_not_before": stamp(one.end.not_before) if one.end else None,
        "cause": one.cause,
        **_clocks(one.clocks),
    }


def _clocks(clocks: EpisodeClocks | None) -> Document:
    """The clocks recorded with an episode; packages by their numbers: they may be unfounded."""
    if clocks is None:
        return dict.fromkeys(("present", "known_in_db", "packages", "resumes"))
    return {
        "present": stamp(clocks.present),
        "known_in_db": stamp(clocks.known),
        "packages": sorted(clocks.packages),
        "resumes": clocks.resumes,
    }


def _differs(recorded: Document | None, recomputed: Document | None) -> list[str]:
    """What both tell, and differently."""
    if recorded is None or recomputed is None:
        return []
    return [key for key, value in recorded.items() if recomputed[key] != value]
