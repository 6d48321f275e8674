"""How much of the fleet the figures rest on: streams now, and stream-days over the period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from watcher.ports.store.views import Sampled, Unlisted, WatchedHead
from watcher.report.figures.estimates import Document


@dataclass(frozen=True, slots=True)
class WatchedStream:
    """A stream with its platforms united, and why it is not covered; `reason` None where it is.

    `direct` says that an image of it is matched by scans of its own.
    """

    stream: str
    team: str | None
    reason: str | None = None
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """The streams that a report is about, and samples of their coverage, one for each day."""

    streams: Sequence[WatchedStream]
    samples: Sequence[Sampled] = ()

    @property
    def by_team(self) -> dict[str | None, list[WatchedStream]]:
        """The streams of each team."""
        found: dict[str | None, list[WatchedStream]] = {}
        for one in self.streams:
            found.setdefault(one.team, []).append(one)
        return found


def watched_streams(
    heads: Iterable[WatchedHead],
    unlisted: Iterable[Unlisted],
    team_of: Callable[[str], str | None],
) -> list[WatchedStream]:
    """Unite platforms: a stream is covered where each platform is. What was never listed is not."""
    reasons: dict[str, str | None] = {}
    direct = set[str]()
    for head in heads:
        reasons[head.stream] = reasons.get(head.stream) or head.reason
        direct |= {head.stream} if head.direct else set()
    reasons.update((one.name, one.reason) for one in unlisted)
    return [
        WatchedStream(name, team_of(name), reason, name in direct)
        for name, reason in reasons.items()
    ]


def written(watched: Watched) -> Document:
    """The coverage block: a stream-day counts while the stream is watched, sampled once a day.

    `share` is None where nothing is watched, `stream_days_share` where nothing was in the period,
    or nobody sampled it.
    """
    days = sum(one.streams for one in watched.samples)
    covered = sum(one.covered for one in watched.samples)
    now = sum(one.reason is None for one in watched.streams)
    return {
        "streams": len(watched.streams),
        "covered": now,
        "direct": sum(one.direct for one in watched.streams),
        "share": now / len(watched.streams) if watched.streams else None,
        "stream_days_share": covered / days if days else None,
        "uncovered": [
            {"stream": one.stream, "reason": one.reason}
            for one in watched.streams
            if one.reason is not None
        ],
    }
