"""Report documents as tests make them: drawn from stretches, like those of the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tests.unit.domain.days import day
from tests.unit.report.figures.windows import stretch
from watcher.domain.policy import DEFAULT, Policy
from watcher.ports.store.views import Sampled
from watcher.report.figures.coverage import Watched, WatchedStream
from watcher.report.figures.management import document
from watcher.report.figures.period import Period
from watcher.report.figures.stretch import Stretch

Report = dict[str, Any]
TEAMS = ("shop", "pay", "data")
AS_OF = 56


def report(
    stretches: Iterable[Stretch] = (),
    streams: Sequence[WatchedStream] | None = None,
    *,
    policy: Policy = DEFAULT,
    since: float = 28,
    as_of: float = AS_OF,
) -> Report:
    """The document of a period of days; each stretch's stream is watched and covered."""
    found = list(stretches)
    named = {one.stream: WatchedStream(one.stream, one.team) for one in found}
    watched = list(named.values()) if streams is None else list(streams)
    period = Period(day(since), day(as_of))
    samples = [Sampled(at, len(watched), len(watched)) for at in period.days()]
    return document(period, "What is published.", found, Watched(watched, samples), policy)


def fleet(
    teams: Sequence[str] = TEAMS, streams: int = 8, *, policy: Policy = DEFAULT
) -> Iterator[Stretch]:
    """Stretches from day 0 on: each team slower than the one before, something left open."""
    for number, team in enumerate(teams):
        for place in range(streams):
            for flaw in range(4):
                start = flaw * 12 + place / 3
                end = start + 3 + 14 * number + 5 * (place % 4)
                yield stretch(
                    start,
                    end if end < AS_OF else None,
                    cause="knowledge_withdrawn" if flaw == place == 1 else "remediated",
                    severity=("CRITICAL", "HIGH", "HIGH", "MEDIUM")[flaw],
                    stream=f"local/{team}/app{place}:latest",
                    vulnerability=f"CVE-2026-{flaw}{number}",
                    team=team,
                    packages=("openssl",),
                    policy=policy,
                )


def bump(number: int = 1, **told: Any) -> dict[str, Any]:  # noqa: ANN401 any field
    """A bump of which half of the streams have moved."""
    return {
        "key": f"shop:base/python:{number}",
        "team": "shop",
        "base": f"base/python:{number}",
        "target": {"name": "python", "digest": "sha256:ab", "since": "2026-04-20T00:00:00Z"},
        "streams": 10,
        "moved": 5,
        "ended": {"windows": 40, "exposure_days": 100.4},
        "left": {"windows": 3, "exposure_days_per_week": 21.0},
        "state": "open",
        "ticket": None,
        **told,
    }
