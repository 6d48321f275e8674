"""Windows of the ledger as tests make them: by hand, or at random."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.unit.domain.days import bound, day
from watcher.domain.exposure import Cause, Episode
from watcher.domain.package import SEVERITIES
from watcher.domain.policy import DEFAULT, Due, Policy, Rated, Run, due
from watcher.domain.reference import Repository
from watcher.ports.store.exposures import AffectedPackage, ReadEpisode, ReadWindow
from watcher.ports.store.ledger import Track
from watcher.report.figures.stretch import Stretch

CAUSES: tuple[Cause, ...] = (
    "remediated",
    "remediated",
    "remediated",
    "knowledge_withdrawn",
    "retired",
)


def stretch(  # noqa: PLR0913 - what a test leaves out does not matter to it
    start: float,
    end: float | None = None,
    *,
    detected: float | None = None,
    cause: Cause = "remediated",
    severity: str = "HIGH",
    stream: str = "local/shop/api:latest",
    vulnerability: str = "CVE-1",
    platform: str = "linux/amd64",
    team: str | None = "shop",
    backfilled: bool = False,
    packages: tuple[str, ...] = (),
    policy: Policy = DEFAULT,
) -> Stretch:
    """A stretch, times in days; detected at its start unless told, and due as a policy says."""
    return Stretch(
        stream=stream,
        team=team,
        vulnerability=vulnerability,
        severity=severity,
        platform=platform,
        start=day(start),
        end=None if end is None else day(end),
        cause=None if end is None else cause,
        backfilled=backfilled,
        detected=day(start if detected is None else detected),
        packages=packages,
        due=due_by(policy, severity, start),
    )


def due_by(policy: Policy, severity: str, start: float) -> Due:
    """When a stretch of one severity that began on a day is due."""
    return due([Run(day(start), None)], [Rated(None, policy.table.limit({"severity": severity}))])


def team_of(stream: str) -> str | None:
    """Every repository belongs to the team in its path; those of `lost` to nobody."""
    team = stream.split("/")[1]
    return None if team == "lost" else team


def read_episode(one: Stretch) -> ReadEpisode:
    """A stretch as the ledger reads it."""
    start = bound(_days(one.start), backfilled=one.backfilled)
    end = bound(_days(one.end)) if one.end else None
    episode = Episode(start, end, one.cause, "sha256:a", "sha256:b", one.start, frozenset({1}))
    # Now and then there is none: times are multiples of six hours.
    fixed = None if one.start.hour == 6 else one.start + timedelta(days=5)
    package = AffectedPackage("pkg:pypi/x@1.0", "1.1", "fixed", one.severity, "nvd", fixed)
    return ReadEpisode(episode, one.detected, (package,), None, one.start, None)


def _days(time: datetime) -> float:
    return (time - day(0)) / timedelta(days=1)


def random_windows(seed: int, as_of: float, streams: int = 8) -> Iterator[ReadWindow]:
    """Windows of some streams on one to three platforms, in the ledger's order."""
    chance = random.Random(seed)  # noqa: S311 - no secret is drawn
    for number in range(streams):
        path = f"{chance.choice(['shop', 'pay', 'lost'])}/app{number}"
        for platform in ("linux/386", "linux/amd64", "linux/arm64")[: chance.randint(1, 3)]:
            for vulnerability in range(chance.randint(0, 9)):
                episodes = tuple(read_episode(one) for one in _episodes(chance, as_of))
                yield ReadWindow(
                    number=number,
                    track=Track(number, platform),
                    repository=Repository("local", path),
                    by=("tag", "version")[number % 2],
                    stream="latest",
                    vulnerability=f"CVE-{vulnerability}",
                    published=None,
                    episodes=episodes,
                )


def _episodes(chance: random.Random, as_of: float) -> Iterator[Stretch]:
    """Up to three episodes with gaps; times are multiples of six hours, so that many coincide."""
    severity = chance.choice(SEVERITIES)
    start = as_of - chance.randint(0, 800) / 4
    for _ in range(chance.randint(1, 3)):
        end = start + chance.randint(1, 320) / 4
        late = chance.choice([0, 0, 0.25, 20, 100])
        open_ = end > as_of
        yield stretch(
            start,
            None if open_ else end,
            detected=min(start + late, as_of),
            cause=chance.choice(CAUSES),
            severity=severity,
            backfilled=late > 1,
        )
        start = end + chance.randint(1, 80) / 4
        if open_ or start > as_of:
            return
